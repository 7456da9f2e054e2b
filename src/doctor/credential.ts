/** What is told of the credential of an input: its kind, and when it ends. */
import { asGraphtapError } from "../errors.ts";
import { secretEndOf } from "../wiring/secretWatch.ts";
import type { Source } from "../wiring/streams.ts";

const DAY_MS = 86_400_000;

/** Kinds that end by nobody's calendar: each token of theirs is asked for anew from who keeps it. */
const WITHOUT_END: Readonly<Record<string, string>> = {
  federated_token: "each token comes anew from who issues it",
  managed_identity: "Azure renews it",
  azure_cli: "it lasts as long as the sign-in of az",
};

/**
 * In words; of a certificate after a token was asked for with it, of a secret as far as Graph tells.
 *
 * @param nowMs milliseconds since the epoch
 */
export async function describeCredential(
  source: Source,
  nowMs: number,
  signal: AbortSignal,
): Promise<string> {
  const { kind } = source.input.credentials;
  const unending = WITHOUT_END[kind];
  if (unending !== undefined) return `${kind}; ${unending}`;
  if (kind === "client_certificate") return `${kind}; ${endText(source.expiry.endsMs, nowMs)}`;
  try {
    const end = await secretEndOf(source, signal);
    if (end === null) return kind;
    return `${kind}; ${"unknown" in end ? `its end is unknown: ${end.unknown}` : endText(end.endsMs, nowMs)}`;
  } catch (thrown) {
    if (signal.aborted) throw thrown;
    return `${kind}; its end is unknown: ${asGraphtapError(thrown).message}`;
  }
}

function endText(endsMs: number | null, nowMs: number): string {
  if (endsMs === null) return "its end is unknown";
  const days = Math.floor((endsMs - nowMs) / DAY_MS);
  const left = days === 1 ? "1 day" : `${days} days`;
  return `ends at ${new Date(endsMs).toISOString().slice(0, 19)}Z, in ${left}`;
}
