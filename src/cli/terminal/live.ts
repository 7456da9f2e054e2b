/** The block on standard error while a command works, and the summary that takes its place in the end. */
import { type Clock, systemClock } from "../../clock.ts";
import type { Status } from "../../server/status/schema.ts";
import type { Runtime } from "../../wiring/runtime.ts";
import { blockLines } from "./block.ts";
import { follow, type Following } from "./followed.ts";
import type { Progress, ProgressOptions } from "./progress.ts";
import { createRates } from "./rates.ts";
import { createScreen, type Line, type Screen } from "./screen.ts";
import { paintFor } from "./style.ts";
import { summaryLines } from "./summary.ts";

/** Between two frames; the figures of very many streams are not put together more often. */
const FRAME_MS = { few: 250, many: 1000 };
const MANY_STREAMS = 500;

/** What is shown at the moment. */
interface Shown {
  readonly following: Following;
  readonly stop: AbortSignal;
}

/** A command's progress on a terminal. @param clock @default the host's */
export function openLive(runtime: Runtime, options: ProgressOptions, clock: Clock = systemClock): Progress {
  const startedMs = clock.now();
  const screen = createScreen(runtime.writeStderr, runtime.stderrSize);
  const paint = paintFor(runtime.env);
  const rates = createRates();
  const over = new AbortController();
  const writing = { now: 0 };
  let shown: Shown | null = null;
  let frame: readonly Line[] = [];

  function statusOf({ following }: Shown): Status {
    const status = following.status();
    return { ...status, streams: status.streams.map(options.shown ?? ((stream) => stream)) };
  }
  function draw(): void {
    if (shown === null || writing.now > 0) return;
    const status = statusOf(shown);
    rates.note(status);
    const facts = { status, rates: rates.list(), isStopping: shown.stop.aborted, word: options.word };
    frame = blockLines(facts, runtime.stderrSize(), paint);
    screen.draw(frame);
  }
  /** As it was: event lines go by more often than figures are put together. */
  function putBack(): void {
    if (shown !== null && writing.now === 0) screen.draw(frame);
  }
  async function drawAgain(): Promise<void> {
    const many = () => (shown?.following.count() ?? 0) > MANY_STREAMS;
    try {
      for (;;) {
        draw();
        await clock.sleep(many() ? FRAME_MS.many : FRAME_MS.few, over.signal);
      }
    } catch {
      // The end of the command wakes it early.
    }
  }
  const forgetSize = runtime.onResize(draw);
  const forgetContinue = runtime.onContinue(() => {
    screen.leave();
    draw();
  });
  return {
    runtime: besideBlock(runtime, screen, writing, putBack),
    level: "warn",
    follow({ streams, stop, share }) {
      const following = follow(streams, clock, { startedMs, polls: options.polls, share });
      shown = { following, stop: stop.signal };
      void drawAgain();
      return following;
    },
    end(exitCode) {
      over.abort();
      forgetSize();
      forgetContinue();
      if (shown === null) return;
      const status = statusOf(shown);
      const reason = reasonOf(exitCode, shown.stop);
      screen.clear();
      runtime.writeStderr(printed(summaryLines(status, reason, runtime.stderrSize().columns, paint)));
      shown = null;
    },
  };
}

/** The process, whose log and event lines leave room for the block. */
function besideBlock(
  runtime: Runtime,
  screen: Screen,
  writing: { now: number },
  putBack: () => void,
): Runtime {
  const sharesTerminal = runtime.stdoutPlace() === "a terminal";
  return {
    ...runtime,
    writeStderr: (text) => screen.above(text),
    async writeStdout(bytes) {
      if (!sharesTerminal) return runtime.writeStdout(bytes);
      writing.now++;
      screen.clear();
      try {
        await runtime.writeStdout(bytes);
      } finally {
        writing.now--;
        putBack();
      }
    },
  };
}

function reasonOf(exitCode: number, stop: AbortSignal): string {
  const { reason } = stop as { reason: unknown };
  if (exitCode !== 0) return `ended with exit code ${exitCode}`;
  return stop.aborted && reason instanceof Error ? reason.message : "done";
}

function printed(lines: readonly Line[]): string {
  return lines.map(({ text }) => `${text}\n`).join("");
}
