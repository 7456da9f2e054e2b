/** Part of a period by which a look that comes a little early still finds a stream due. */
const SLACK_SHARE = 0.1;
const LONGEST_SLACK_MS = 30_000;

/**
 * Whether a period has passed since the last poll began, or so nearly that a look at the period's own pace would find
 * it: a poll begins some time after the look of its process (the start of Node, locks), so that the next look, one
 * period after the last one, comes that much too early, and without slack every second one would do nothing. A tenth
 * of the period, 30 s at most: more than a start takes, and less than the time between two looks of cron or a shipper.
 *
 * @param lastPollStartedMs milliseconds since the epoch, `null` when there was none
 * @param nowMs milliseconds since the epoch
 */
export function isDue(lastPollStartedMs: number | null, periodSeconds: number, nowMs: number): boolean {
  // A last poll in the future means that the clock was set back: better to poll than to wait for it.
  return lastPollStartedMs === null || lastPollStartedMs > nowMs ||
    nowMs - lastPollStartedMs >= periodSeconds * 1000 - slackMs(periodSeconds);
}

function slackMs(periodSeconds: number): number {
  return Math.min(periodSeconds * 1000 * SLACK_SHARE, LONGEST_SLACK_MS);
}
