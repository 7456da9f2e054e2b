/**
 * What an operator does about an error of the token endpoint. Microsoft may change the numbers at any time
 * (reference-error-codes), so they choose advice only; `error` and the status choose the behaviour.
 */

const ADVICE: Readonly<Record<number, string>> = {
  7000215: 'put the secret\'s "Value" into client_secret, not its "Secret ID"',
  7000222: "the client secret has expired; create a new one under Certificates & secrets",
  7000216: "client_secret is missing",
  7000218: "client_secret is missing",
  700016: "client_id names no application in this tenant; check client_id and tenant_id",
  70001: "client_id names no application in this tenant; check client_id and tenant_id",
  90002: "tenant_id names no tenant in this cloud; check tenant_id and override_top_level_domain",
  900023: "tenant_id is neither a GUID nor a domain name of the tenant",
  90038: "the tenant belongs to another national cloud; check override_top_level_domain",
  900382: "the tenant belongs to another national cloud; check override_top_level_domain",
  900432: "the tenant belongs to another national cloud; check override_top_level_domain",
  70011: "the scope is not known; check override_scope_value",
  500011: "the tenant does not know this Graph; check override_base_url and override_scope_value",
  700024: "the host's clock is wrong; synchronise it",
  500133: "the host's clock is wrong; synchronise it",
  7000112: "the application is disabled in this tenant; enable it under Enterprise applications",
  53003: "a Conditional Access policy blocks the application",
};

const TRANSIENT = new Set([90006, 90012, 90024, 90033, 90055, 90090]);

/** The numbers in a token error's body: `error_codes` as an array or, on some front ends, as its text. */
export function aadstsCodes(body: Readonly<Record<string, unknown>>): number[] {
  const codes = body["error_codes"];
  if (Array.isArray(codes)) return codes.filter((code) => typeof code === "number");
  return typeof codes === "string" ? [...codes.matchAll(/\d+/g)].map(([digits]) => Number(digits)) : [];
}

/** What to do, for the first number that has an answer. */
export function aadstsAdvice(codes: readonly number[]): string | null {
  return codes.map((code) => ADVICE[code]).find((advice) => advice !== undefined) ?? null;
}

/** Whether Microsoft documents one of the numbers as passing. */
export function isTransient(codes: readonly number[]): boolean {
  return codes.some((code) => TRANSIENT.has(code));
}
