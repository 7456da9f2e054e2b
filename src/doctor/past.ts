/** What the state folder says of a service: whether it was read up to now, and to its end. */
import { formatInstant } from "../instant.ts";
import { gapSeconds } from "../state/gap.ts";
import type { StreamState } from "../state/state.ts";
import { durationInWords } from "../telemetry/duration.ts";
import type { Finding } from "./examine.ts";

/**
 * The finding of a service that can be read now, if not all of it was: "gaps", or the code that its last poll ended with.
 * What is lost for good is a remark. Any other finding as it is.
 *
 * @throws `state-unusable`
 */
export function withPast(finding: Finding, state: StreamState): Finding {
  if (finding.exitCode !== 0) return finding;
  const lastError = state.loadPosition()?.lastError ?? null;
  const gaps = state.gaps().list();
  const lost = gapSeconds(state.lost().list());
  if (gaps.length === 0 && lastError === null && lost === 0) return finding;
  const remarks = [
    finding.detail,
    ...(lastError === null ? [] : [`the last poll ended with ${lastError}, as its log says`]),
    ...(gaps.length === 0 ? [] : [
      `${gaps.length === 1 ? "a range" : `${gaps.length} ranges`} could not be read, the oldest from ` +
      `${formatInstant(gaps[0]!.from)} (${gaps[0]!.reason}): see "graphtap gaps"`,
    ]),
    ...(lost === 0 ? [] : [`${durationInWords(lost)} lost for good: see "graphtap gaps"`]),
  ];
  const detail = remarks.join("; ");
  // Nothing can be done about what is lost, so it is no finding against the service.
  if (gaps.length === 0 && lastError === null) return { ...finding, detail };
  return { ...finding, result: lastError ?? "gaps", detail, exitCode: 1 };
}
