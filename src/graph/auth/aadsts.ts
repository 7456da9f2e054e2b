/**
 * What an operator does about an error of the token endpoint. Microsoft may change the numbers at any time
 * (reference-error-codes), so they choose advice only; `error` and the status choose the behaviour. The exceptions are
 * the numbers that are documented as passing.
 */

const APPLICATION = "client_id names no application in this tenant; check client_id and tenant_id";
const CLOUD = "the tenant belongs to another national cloud; check override_top_level_domain";
const CLOCK = "the host's clock is wrong; synchronise it";
const ASSERTION_TIME =
  "the assertion is too early or too late: synchronise this host's clock; another's token may have ended, " +
  "so look whether it is renewed";
const NOT_TRUSTED = (part: string) =>
  `no federated credential of the application has the token's ${part}; compare them letter by letter, case and slashes ` +
  "count (Certificates & secrets, Federated credentials)";
const NO_KEYS = "Entra cannot fetch the keys of the token's issuer; its discovery document must be public";
const CONDITIONAL =
  "a Conditional Access policy blocks the application; check the policies for workload identities and their locations";
const NO_RESOURCE = "the tenant does not know this Graph; check override_base_url and override_scope_value";
const SCOPE = "check override_scope_value: it must be the address of Graph with /.default behind it";
const NO_SECRET = "client_secret is missing";

const ADVICE: Readonly<Record<number, string>> = {
  7000215: 'put the secret\'s "Value" into client_secret, not its "Secret ID"',
  7000222: "the client secret has expired; create a new one under Certificates & secrets",
  7000216: NO_SECRET,
  7000218: NO_SECRET,
  700016: APPLICATION,
  70001: APPLICATION,
  7000229: "the application has no service principal in this tenant; admin consent makes one",
  90002: "tenant_id names no tenant in this cloud; check tenant_id and override_top_level_domain",
  900021: "tenant_id is neither a GUID nor a domain name of the tenant",
  900023: "tenant_id is neither a GUID nor a domain name of the tenant",
  90038: CLOUD,
  900382: CLOUD,
  900432: CLOUD,
  70011: SCOPE,
  1002012: SCOPE,
  500011: NO_RESOURCE,
  650057: NO_RESOURCE,
  500014: "Graph's own service principal is disabled in this tenant; enable it under Enterprise applications",
  700024: ASSERTION_TIME,
  500133: CLOCK,
  700027:
    "this certificate is not registered for client_id, or is not valid now; upload it, without its key, under " +
    "Certificates & secrets",
  7000214: "the certificate is revoked; make a new one and upload it under Certificates & secrets",
  1000502: "the certificate is not valid now; make a new one and upload it under Certificates & secrets",
  700021: "the assertion is for another application; check client_id",
  700023:
    "the assertion is for another login service; check override_login_url and override_top_level_domain",
  50027:
    "Entra cannot read the token, or its signature is not its issuer's; look at what federated_token gives",
  70023: "the token is good for longer than Entra takes, which is a day; have its issuer make it shorter",
  5002730: "the token is not signed by RS256, the only algorithm that Entra takes of others",
  5002738:
    "the token is signed by a key of elliptic curves, and Entra takes RSA only; let its issuer sign by RS256",
  70025:
    "the application trusts nobody; add the token's issuer under Certificates & secrets, Federated credentials",
  70021: NOT_TRUSTED("issuer and subject"),
  700211: NOT_TRUSTED("issuer"),
  700212: NOT_TRUSTED("audience"),
  700213: NOT_TRUSTED("subject"),
  7002137: NOT_TRUSTED("subject"),
  7002138: NOT_TRUSTED("subject"),
  90061: NO_KEYS,
  50166: NO_KEYS,
  7000112: "the application is disabled in this tenant; enable it under Enterprise applications",
  53003: CONDITIONAL,
  530003: CONDITIONAL,
  530032: CONDITIONAL,
  530035: CONDITIONAL,
  50196: "too many tokens were asked for; look for another process that uses this client_id",
};

/** By `error` alone, where the number says nothing (RFC 6749, section 5.2). */
const BY_ERROR: Readonly<Record<string, string>> = {
  invalid_scope: SCOPE,
  invalid_resource: NO_RESOURCE,
  interaction_required: CONDITIONAL,
};

const TRANSIENT = new Set([90006, 90012, 90024, 90033, 90055, 90090]);
/** A client that asks in a loop; Entra refuses it for some minutes. */
const LOOP = 50196;
const LOOP_SECONDS = 300;

/**
 * The numbers in a token error's body: `error_codes` as an array or, on some front ends, as its text; else the number
 * that its description begins with.
 */
export function aadstsCodes(body: Readonly<Record<string, unknown>>): number[] {
  const { error_codes: codes, error_description: description } = body;
  const listed = Array.isArray(codes)
    ? codes.filter((code) => typeof code === "number")
    : typeof codes === "string"
    ? [...codes.matchAll(/\d+/g)].map(([digits]) => Number(digits))
    : [];
  if (listed.length > 0 || typeof description !== "string") return listed;
  return [...description.matchAll(/^\s*AADSTS(\d{4,8})\b/g)].map(([, digits]) => Number(digits));
}

/** What to do, for the first number that has an answer, or for `error`. */
export function aadstsAdvice(codes: readonly number[], error: string): string | null {
  return codes.map((code) => ADVICE[code]).find((advice) => advice !== undefined) ?? BY_ERROR[error] ?? null;
}

/** What to do where Entra asks for claims that a token for this application would have to have. */
export const conditionalAdvice: string = CONDITIONAL;

/** Whether Microsoft documents one of the numbers as passing. */
export function isTransient(codes: readonly number[]): boolean {
  return codes.some((code) => TRANSIENT.has(code) || code === LOOP);
}

/** Seconds to wait where the number says so by itself. */
export function pauseOf(codes: readonly number[]): number | undefined {
  return codes.includes(LOOP) ? LOOP_SECONDS : undefined;
}
