/** What the state folder says of a service: whether it was read up to now, and to its end. */
import { formatInstant } from "../instant.ts";
import type { StreamState } from "../state/state.ts";
import type { Finding } from "./examine.ts";

/**
 * The finding of a service that can be read now, if not all of it was: "gaps", or the code that its last poll ended with.
 * Any other finding as it is.
 *
 * @throws `state-unusable`
 */
export function withPast(finding: Finding, state: StreamState): Finding {
  if (finding.exitCode !== 0) return finding;
  const lastError = state.loadPosition()?.lastError ?? null;
  const gaps = state.gaps().list();
  if (gaps.length === 0 && lastError === null) return finding;
  const remarks = [
    finding.detail,
    ...(lastError === null ? [] : [`the last poll ended with ${lastError}, as its log says`]),
    ...(gaps.length === 0 ? [] : [
      `${gaps.length === 1 ? "a range" : `${gaps.length} ranges`} could not be read, the oldest from ` +
      `${formatInstant(gaps[0]!.from)} (${gaps[0]!.reason}): see "graphtap gaps"`,
    ]),
  ];
  return { ...finding, result: lastError ?? "gaps", detail: remarks.join("; "), exitCode: 1 };
}
