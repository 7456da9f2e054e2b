/**
 * Whether a period has passed since the last poll began, both in milliseconds since the epoch.
 *
 * @param lastPollStartedMs `null` when there was none
 */
export function isDue(lastPollStartedMs: number | null, periodSeconds: number, nowMs: number): boolean {
  // A last poll in the future means that the clock was set back: better to poll than to wait for it.
  return lastPollStartedMs === null || lastPollStartedMs > nowMs ||
    nowMs - lastPollStartedMs >= periodSeconds * 1000;
}
