/** Keeps a shipper alive: starts it, starts it again when it ends, and ends it. */
import type { Clock } from "../../clock.ts";
import { GraphtapError } from "../../errors.ts";
import type { Log } from "../../telemetry/log.ts";
import { STOP_SECONDS } from "../settings.ts";
import type { ShipperPlan } from "./plan.ts";
import type { Started, StartProgram } from "./process.ts";
import { saysStarted, shipperLine } from "./shipperLog.ts";

/** What a supervisor needs of the process. */
export interface Surroundings {
  readonly start: StartProgram;
  readonly clock: Clock;
  readonly log: Log;
  /** Told who runs, and with `null` that nobody does. */
  readonly onRunning: (pid: number | null) => void;
}

/** A shipper that is kept alive. */
export interface Supervised {
  /** Resolves when it has started for the first time. Rejects with shipper-unstarted: then it is not tried again. */
  readonly started: Promise<void>;
  /** Ends it, and starts it by another plan. */
  replace(plan: ShipperPlan): void;
  /** Ends it for good; resolves when it is gone, {@linkcode STOP_MS} later at most. */
  stop(): Promise<void>;
}

/** How a life of it came to its end. */
interface Life {
  readonly end: string;
  readonly lastedMs: number;
  readonly lastWords: readonly string[];
}

/** Milliseconds in which a shipper has to say that it has started. */
const START_MS = 60_000;
/** From SIGTERM to SIGKILL, in milliseconds: its own limit, and a second. */
export const STOP_MS: number = (STOP_SECONDS + 1) * 1000;
/** The first wait before it is started again, the longest, and the life after which waits begin anew; milliseconds. */
const WAIT_MS = { first: 1000, longest: 30_000, forgottenAfter: 60_000 };
/** Lines of its log that are told with its end. */
const LAST_WORDS = 3;

/** Starts a shipper, whose files are there, and keeps it alive until it is stopped. */
export function supervise(first: ShipperPlan, surroundings: Surroundings): Supervised {
  const { clock, log, onRunning } = surroundings;
  const stopping = new AbortController();
  let plan = first;
  let running: Started | null = null;
  let hasStarted = false;
  let isReplaced = false;
  const start = promised<void>();

  async function keep(): Promise<void> {
    let waitMs = WAIT_MS.first;
    while (!stopping.signal.aborted) {
      const life = begin(plan, surroundings, () => {
        hasStarted = true;
        start.resolve();
      });
      running = life.program;
      onRunning(running.pid);
      running.release();
      const { end, lastedMs, lastWords } = await life.over;
      running = null;
      onRunning(null);
      const words = lastWords.join(" | ") || undefined;
      if (stopping.signal.aborted) break;
      if (!hasStarted) throw unstarted(plan, end, words);
      if (isReplaced) {
        isReplaced = false;
        continue;
      }
      if (lastedMs >= WAIT_MS.forgottenAfter) waitMs = WAIT_MS.first;
      const fields = { wait_seconds: waitMs / 1000, last_words: words };
      log.error(`${plan.name} has ended (${end}), and is started again`, fields);
      await clock.sleep(waitMs, stopping.signal).catch(() => {});
      waitMs = Math.min(2 * waitMs, WAIT_MS.longest);
    }
  }

  const kept = keep().catch(start.reject);
  return {
    started: start.promise,
    replace(next) {
      plan = next;
      if (running === null) return;
      isReplaced = true;
      void end(running);
    },
    async stop() {
      stopping.abort();
      if (running !== null) await end(running);
      await kept;
    },
  };

  /** SIGTERM, and SIGKILL where that is not heeded. */
  async function end(program: Started): Promise<void> {
    program.signal("SIGTERM");
    const over = new AbortController();
    const killed = clock.sleep(STOP_MS, over.signal).then(() => {
      log.warn(`${plan.name} does not end within ${STOP_MS / 1000} s of SIGTERM, and is killed`);
      program.signal("SIGKILL");
    }, () => {});
    await program.ended;
    over.abort();
    await killed;
  }
}

/** Starts it once; `over` tells how it came to its end, which is soon when it does not say that it has started. */
function begin(
  { name, start, env }: ShipperPlan,
  { start: startProgram, clock, log }: Surroundings,
  onStarted: () => void,
): { readonly program: Started; readonly over: Promise<Life> } {
  const since = clock.now();
  const lastWords: string[] = [];
  const patience = new AbortController();
  const program = startProgram(start, env, (line) => {
    const { level, text } = shipperLine(line);
    if (text === "") return;
    log[level](text, { shipper: name });
    // The banner and what is said of a good start explain no end.
    if (level === "warn" || level === "error") lastWords.push(text);
    if (lastWords.length > LAST_WORDS) lastWords.shift();
    if (patience.signal.aborted || !saysStarted(text)) return;
    patience.abort();
    onStarted();
  });
  const late = clock.sleep(START_MS, patience.signal).then(() => {
    lastWords.push(`it has not said within ${START_MS / 1000} s that it has started`);
    program.signal("SIGKILL");
  }, () => {});
  const over = program.ended.then(async (end) => {
    patience.abort();
    await late;
    return { end, lastedMs: clock.now() - since, lastWords };
  });
  return { program, over };
}

function unstarted(
  { name, folder }: ShipperPlan,
  end: string,
  words = "it said nothing of a reason",
): GraphtapError {
  return new GraphtapError(
    "shipper-unstarted",
    `${name} does not start (${end}): ${words}; its files are in "${folder}"`,
  );
}

/** A promise with what settles it. */
function promised<T>() {
  let resolve: (value: T) => void = () => {};
  let reject: (reason: unknown) => void = () => {};
  const promise = new Promise<T>((...settle) => [resolve, reject] = settle);
  // Who does not wait for it need not hear of its failure.
  promise.catch(() => {});
  return { promise, resolve, reject };
}
