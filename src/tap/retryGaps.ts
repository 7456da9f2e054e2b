import { codesOf, type GraphtapError } from "../errors.ts";
import { formatInstant, type Instant, isSameWindow, type Window } from "../instant.ts";
import { byTime, type Gap, withGap } from "../state/gap.ts";
import { recordLost } from "./lost.ts";
import type { PollContext } from "./pollContext.ts";
import { readWindows } from "./windows/readWindows.ts";

const FIRST_RETRY_MS = 3_600_000;
const LONGEST_RETRY_MS = 86_400_000;

/** Puts a window that cannot be read into the ledger; next to another of the same reason it makes that longer. */
export function recordGap(context: PollContext, { from, to }: Window, error: GraphtapError): void {
  const { stream: { state, log }, engine, counts } = context;
  const now = engine.clock.now();
  const gap: Gap = {
    from,
    to,
    reason: error.code,
    sinceMs: now,
    attempts: 0,
    nextTryMs: now + FIRST_RETRY_MS,
  };
  state.gaps().save(withGap(state.gaps().list(), gap));
  counts.countGap();
  log.error(`gap: ${error.message}`, { ...codesOf(error), ...shown(gap) });
}

/**
 * The gap whose time has come; `null` where none is due. What Graph has dropped by now is given up, and kept in mind as
 * lost.
 */
export function dueGap(context: PollContext, oldest: Instant): Gap | null {
  const { stream: { state }, engine } = context;
  for (const gap of state.gaps().list()) {
    if (gap.nextTryMs > engine.clock.now()) continue;
    if (gap.to.seconds >= oldest.seconds) return gap;
    recordLost(context, gap, gap.reason);
    state.gaps().save(state.gaps().list().filter((other) => !isSameWindow(other, gap)));
  }
  return null;
}

/** The same, its next moment set: whatever happens, it is not tried without pause. */
function takeDueGap(context: PollContext, oldest: Instant): Gap | null {
  const { stream: { state }, engine } = context;
  const gap = dueGap(context, oldest);
  if (gap === null) return null;
  const again = postponed(gap, engine.clock.now());
  const others = state.gaps().list().filter((other) => !isSameWindow(other, gap));
  state.gaps().save([...others, again].sort(byTime));
  return again;
}

/** A gap that was tried once more. */
export function postponed(gap: Gap, nowMs: number): Gap {
  return { ...gap, attempts: gap.attempts + 1, nextTryMs: nowMs + retryAfterMs(gap.attempts) };
}

/** Tries the gaps whose time has come; what Graph has dropped by now is given up, and kept in mind as lost. */
export async function retryGaps(
  context: PollContext,
  oldest: Instant,
  mayGoOn: () => boolean,
): Promise<void> {
  const { stream: { state, log }, engine } = context;
  const due = state.gaps().list().filter(({ nextTryMs }) => nextTryMs <= engine.clock.now()).length;
  for (let tried = 0; tried < due && mayGoOn(); tried++) {
    const gap = takeDueGap(context, oldest);
    if (gap === null) return;
    const others = () => state.gaps().list().filter((other) => !isSameWindow(other, gap));
    await readGap(context, gap, mayGoOn, (left) => {
      const remaining = left.map(({ from, to }) => ({ ...gap, from, to }));
      state.gaps().save(remaining.reduce(withGap, others()));
      if (left.length === 0) log.info("gap closed", shown(gap));
    });
  }
}

/** Reads a window that could not be read before, and says what of it is left, however the reading ends. */
async function readGap(
  context: PollContext,
  { from, to, reason }: Gap,
  mayGoOn: () => boolean,
  onEnd: (left: readonly Window[]) => void,
): Promise<void> {
  let at = from;
  const left: Window[] = [];
  try {
    await readWindows(context, { from, to }, {
      priority: "backfill",
      onRead: (reached) => at = reached,
      onGap: (window) => left.push(window),
      onDropped: (dropped) => recordLost(context, dropped, reason),
      mayGoOn,
    });
  } finally {
    onEnd(at.seconds < to.seconds ? [...left, { from: at, to }] : left);
  }
}

function retryAfterMs(attempts: number): number {
  return Math.min(FIRST_RETRY_MS * 2 ** (attempts + 1), LONGEST_RETRY_MS);
}

function shown({ from, to }: Window) {
  return { from: formatInstant(from), to: formatInstant(to) };
}
