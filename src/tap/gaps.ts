import { codesOf, type GraphtapError } from "../errors.ts";
import { formatInstant, type Instant } from "../instant.ts";
import type { Gap } from "../state/gaps.ts";
import type { Pass } from "./pass.ts";
import { instantOf } from "./position.ts";
import { readRange } from "./readRange.ts";
import type { Window } from "./window.ts";

const FIRST_RETRY_MS = 3_600_000;
const LONGEST_RETRY_MS = 86_400_000;

/** Puts a window that cannot be read into the ledger; next to another of the same reason it makes that longer. */
export function recordGap(pass: Pass, window: Window, error: GraphtapError): void {
  const { stream: { state, log }, engine } = pass;
  const now = engine.clock.now();
  const gap: Gap = {
    from: formatInstant(window.from),
    to: formatInstant(window.to),
    reason: error.code,
    since_ms: now,
    attempts: 0,
    next_try_ms: now + FIRST_RETRY_MS,
  };
  state.gaps().save(joined(state.gaps().list(), gap));
  pass.gaps++;
  log.error(`gap: ${error.message}`, { ...codesOf(error), from: gap.from, to: gap.to });
}

/** Tries the gaps whose time has come; what Graph has dropped by now is given up, and said. */
export async function retryGaps(pass: Pass, oldest: Instant, mayGoOn: () => boolean): Promise<void> {
  const { stream: { state, log }, engine } = pass;
  for (const gap of state.gaps().list()) {
    if (!mayGoOn()) return;
    if (gap.next_try_ms > engine.clock.now()) continue;
    const others = () =>
      state.gaps().list().filter((other) => other.from !== gap.from || other.to !== gap.to);
    if ((instantOf(gap.to)?.seconds ?? 0) < oldest.seconds) {
      log.error("gap given up: Graph does not keep its records any longer", { from: gap.from, to: gap.to });
      state.gaps().save(others());
      continue;
    }
    // Its next moment is set first: whatever happens, it is not tried without pause.
    const again = {
      ...gap,
      attempts: gap.attempts + 1,
      next_try_ms: engine.clock.now() + retryAfterMs(gap.attempts),
    };
    state.gaps().save([...others(), again].sort(byTime));
    const left = await readGap(pass, gap, mayGoOn);
    const remaining = left.map((window) => ({
      ...again,
      from: formatInstant(window.from),
      to: formatInstant(window.to),
    }));
    state.gaps().save(remaining.reduce(joined, others()));
    if (left.length === 0) log.info("gap closed", { from: gap.from, to: gap.to });
  }
}

/** The gaps without what lies within a range that was read now. */
export function withoutRange(gaps: readonly Gap[], { from, to }: Window): Gap[] {
  return gaps.filter((gap) =>
    instantOf(gap.from)!.seconds < from.seconds || instantOf(gap.to)!.seconds > to.seconds
  );
}

/** Reads a range that could not be read before, and says what of it still cannot be. */
async function readGap(
  pass: Pass,
  { from, to }: { from: string; to: string },
  mayGoOn: () => boolean,
): Promise<Window[]> {
  const end = instantOf(to);
  let at = instantOf(from);
  if (at === null || end === null) return [];
  const left: Window[] = [];
  await readRange(pass, {
    from: at,
    to: end,
    priority: "backfill",
    onRead: (reached) => at = reached,
    onGap: (window) => left.push(window),
    mayGoOn,
  });
  return at.seconds < end.seconds ? [...left, { from: at, to: end }] : left;
}

function retryAfterMs(attempts: number): number {
  return Math.min(FIRST_RETRY_MS * 2 ** (attempts + 1), LONGEST_RETRY_MS);
}

/** The ledger with one more gap, in order of time, neighbours of one reason joined. */
function joined(gaps: readonly Gap[], gap: Gap): Gap[] {
  const neighbour = gaps.find((other) =>
    other.reason === gap.reason && instantOf(other.to)!.seconds >= instantOf(gap.from)!.seconds &&
    instantOf(gap.to)!.seconds >= instantOf(other.from)!.seconds
  );
  if (neighbour === undefined) return [...gaps, gap].sort(byTime);
  const from = byTime(neighbour, gap) <= 0 ? neighbour.from : gap.from;
  const to = instantOf(neighbour.to)!.seconds >= instantOf(gap.to)!.seconds ? neighbour.to : gap.to;
  return gaps.map((other) => other === neighbour ? { ...neighbour, from, to } : other).sort(byTime);
}

function byTime(a: Gap, b: Gap): number {
  return instantOf(a.from)!.seconds - instantOf(b.from)!.seconds;
}
