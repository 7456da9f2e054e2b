/** What is asked of Entra and Graph, and what is made of the answers. */
import type { Clock } from "../clock.ts";
import { asGraphtapError, type ExitCode, type GraphtapError } from "../errors.ts";
import { missingRoles, readClaims, type TokenClaims } from "../graph/auth/tokenClaims.ts";
import { readPage } from "../graph/pages.ts";
import { createPermits } from "../graph/permits.ts";
import { addSeconds, fromMillis } from "../instant.ts";
import { filtersOf, filterSteps } from "../tap/windows/filters.ts";
import { firstRequest } from "../tap/windows/firstRequest.ts";
import type { Source } from "../wiring/sources.ts";
import { type CredentialFacts, describeCredential } from "./credential.ts";
import {
  admissionAdvice,
  consentUrl,
  describeToken,
  grantAdvice,
  missingPermissions,
  type TokenFacts,
  tokenFacts,
} from "./tokenFindings.ts";

/** One thing that was looked at. */
export interface Finding {
  readonly input: string;
  /** "token", "credential", "clock", or the name of a service. */
  readonly check: string;
  /** "ok", or what is wrong: a code of the error table, "ends-soon", or "clock-wrong". */
  readonly result: string;
  readonly detail: string;
  /** Permissions of the service, or of all of them, that the token does not name. */
  readonly missing_permissions: readonly string[];
  readonly exitCode: ExitCode;
  /** Of the check "credential". */
  readonly credential?: CredentialFacts;
  /** Of the check "token". */
  readonly token?: TokenFacts;
  /** Of the check "token": where an administrator consents, when something is missing. */
  readonly consent_url?: string;
}

export interface Examination {
  readonly clock: Clock;
  /** Milliseconds that this host is ahead of an origin, once something was asked there. */
  readonly ahead: (origin: string) => number | null;
  readonly signal: AbortSignal;
}

/** A failure that passes by itself gets another chance, no more: the rest is for `run`. */
const ATTEMPTS = 3;
/** Half of what live reading looks back for records that arrive late: beyond, only re-reads find them. */
const TOLERATED_SKEW_MS = 60_000;
const HOUR_SECONDS = 3600;

/** Asks everything that the sources of one input will need, once each and as small as can be. */
export async function examineInput(sources: readonly Source[], examination: Examination): Promise<Finding[]> {
  const [first = missing()] = sources;
  const { input, tokens, graphUrl } = first;
  const found = (check: string, detail: string, missing_permissions: readonly string[] = []): Finding => ({
    input: input.name,
    check,
    result: "ok",
    detail,
    missing_permissions,
    exitCode: 0,
  });
  const failed = (
    check: string,
    error: GraphtapError,
    missing_permissions: readonly string[] = [],
  ): Finding => ({
    ...found(check, error.message, missing_permissions),
    result: error.code,
    exitCode: error.kind.exitCode,
  });

  const aboutCredential = async (hasToken: boolean): Promise<Finding> => {
    const { clock, signal } = examination;
    const { facts, detail, endsSoon } = await describeCredential(first, clock.now(), hasToken, signal);
    return { ...found("credential", detail), result: endsSoon ? "ends-soon" : "ok", credential: facts };
  };
  let claims: TokenClaims | null;
  try {
    claims = readClaims(await tokens.get(examination.signal));
  } catch (error) {
    // Without a token nothing else can be asked.
    const refused = failed("token", asGraphtapError(error));
    const detail = refused.detail + admissionAdvice(input, refused.detail);
    const { result, exitCode } = refused;
    return [{ ...refused, detail }, { ...await aboutCredential(false), result, exitCode }];
  }
  const findings = [aboutToken(found, sources, claims), await aboutCredential(true)];
  for (const source of sources) {
    const lacks = claims === null ? [] : missingRoles(claims, source.plugin.permissions);
    try {
      const records = await askForOne(source, examination);
      findings.push(found(source.service.name, answered(records, source, lacks), lacks));
    } catch (error) {
      findings.push(failed(source.service.name, asGraphtapError(error), lacks));
    }
  }
  const ahead = examination.ahead(new URL(graphUrl).origin);
  if (ahead === null) return findings;
  const wrong = Math.abs(ahead) > TOLERATED_SKEW_MS;
  const clock = found("clock", skewText(ahead, wrong));
  return findings.toSpliced(2, 0, wrong ? { ...clock, result: "clock-wrong", exitCode: 1 } : clock);
}

/** What the token says of itself, and what all services together miss in it. */
function aboutToken(
  found: (check: string, detail: string, missing: readonly string[]) => Finding,
  sources: readonly Source[],
  claims: TokenClaims | null,
): Finding {
  const { input } = sources[0]!;
  const lacks = missingPermissions(claims, sources.flatMap(({ plugin }) => plugin.permissions));
  const url = consentUrl(input);
  return {
    ...found("token", describeToken(input, claims) + grantAdvice(input, lacks), lacks),
    ...(claims === null ? {} : { token: tokenFacts(claims) }),
    ...(lacks.length === 0 || url === null ? {} : { consent_url: url }),
  };
}

function missing(): never {
  throw new TypeError("an input without sources");
}

/** One record, by the first of the service's filters that Graph takes. */
async function askForOne(source: Source, examination: Examination): Promise<number> {
  const { plugin } = source;
  for (let step = 0;; step++) {
    try {
      const [filter] = filtersOf(plugin, step);
      return await askBy({ ...source, plugin: { ...plugin, filter } }, examination);
    } catch (error) {
      if (!asGraphtapError(error).kind.suspectsFilter || step + 1 >= filterSteps(plugin)) throw error;
    }
  }
}

/** One record of the last hour, or of the whole where there is no time to ask by. */
async function askBy(source: Source, { clock, signal }: Examination): Promise<number> {
  const { plugin, service, graph, graphUrl, limiters, log } = source;
  const now = fromMillis(clock.now());
  const timed = plugin.cursor.kind !== "snapshot";
  const range = timed ? { from: addSeconds(now, -HOUR_SECONDS), to: now } : { from: null, to: null };
  const small = { ...plugin, page: { ...plugin.page, size: 1 } };
  const page = await readPage(
    { graph, graphUrl, clock, random: Math.random, log, onRecord: () => {}, onProgress, onRequest: () => {} },
    // A job takes its time, and a tenant's are counted: the list of them needs the same permission.
    plugin.cursor.kind === "job"
      ? { url: graphUrl + plugin.path }
      : firstRequest(graphUrl, small, range, service.additionalFilter),
    {
      service: service.name,
      permissions: plugin.permissions,
      ...(plugin.licence === undefined ? {} : { licence: plugin.licence }),
      ...(plugin.notice === undefined ? {} : { notice: plugin.notice }),
      followsLink: false,
      maxPageSize: plugin.page.by === "prefer" ? 1 : undefined,
      hasAdditionalFilter: service.additionalFilter !== null,
    },
    { permits: createPermits(limiters, "live"), visited: new Set(), attempts: ATTEMPTS },
    signal,
  );
  return page.records;
}

const onProgress = () => Promise.resolve();

function answered(records: number, { plugin }: Source, lacks: readonly string[]): string {
  const where = plugin.cursor.kind === "snapshot" ? "at all" : "in the last hour";
  return [
    records > 0 || plugin.cursor.kind === "job" ? "can be read" : `can be read; no record ${where}`,
    ...(lacks.length > 0 ? [`not granted, but advised: ${lacks.join(", ")}`] : []),
  ].join("; ");
}

function skewText(aheadMs: number, wrong: boolean): string {
  const seconds = Math.abs(aheadMs) < 1000
    ? "within a second of"
    : `${Math.round(Math.abs(aheadMs) / 1000)} s ${aheadMs > 0 ? "ahead of" : "behind"}`;
  return `${seconds} Graph's${wrong ? "; synchronise it: records would come late" : ""}`;
}
