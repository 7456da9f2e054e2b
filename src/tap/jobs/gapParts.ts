/**
 * A gap can be longer than one job is asked for: then it is read part by part, from its older end. What was read is no gap
 * any more; a part that still cannot be read is left to its next moment, and the rest does not wait for it.
 */
import { earliest, formatInstant, latest, type Window } from "../../instant.ts";
import { byTime, type Gap, withoutWindow } from "../../state/gap.ts";
import type { PollContext } from "../pollContext.ts";
import { postponed } from "../retryGaps.ts";

/** A part of a gap was read. */
export function closeGapPart(context: PollContext, part: Window): void {
  const { from, to } = part;
  const left = change(context, part, () => []);
  const isOver = !left.some((gap) => gap.from.seconds <= to.seconds && gap.to.seconds >= from.seconds - 1);
  if (isOver) context.stream.log.info("gap closed", { from: formatInstant(from), to: formatInstant(to) });
}

/** A part of a gap cannot be read, however small it is. */
export function leaveGapPart(context: PollContext, part: Window): void {
  const now = context.engine.clock.now();
  change(context, part, (gap) => {
    const unread = { from: latest(gap.from, part.from), to: earliest(gap.to, part.to) };
    return [postponed({ ...gap, ...unread }, now)];
  });
}

/**
 * Puts what a part of a gap became in the place of that; what is left beside it is due at once.
 *
 * @returns all gaps there are now
 */
function change(
  { engine: { clock }, stream: { state } }: PollContext,
  part: Window,
  become: (gap: Gap) => Gap[],
): Gap[] {
  const gaps = state.gaps().list().flatMap((gap) => {
    const left = withoutWindow([gap], part);
    if (left[0] === gap) return [gap];
    return [...become(gap), ...left.map((rest) => ({ ...rest, nextTryMs: clock.now() }))];
  });
  state.gaps().save(gaps.sort(byTime));
  return gaps;
}
