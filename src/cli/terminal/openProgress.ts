/** Whether a command shows a block, or logs lines. */
import { systemClock } from "../../clock.ts";
import { poll } from "../../tap/poll.ts";
import type { Runtime } from "../../wiring/runtime.ts";
import type { Given } from "../options.ts";
import type { Progress, ProgressOptions } from "./progress.ts";

/** A block where somebody sits before a terminal that can move its cursor, and has not asked for lines. */
export async function openProgress(
  given: Given,
  runtime: Runtime,
  options: ProgressOptions,
): Promise<Progress> {
  if (!showsBlock(given, runtime)) {
    return runtime.env["NOTIFY_SOCKET"] ? await counted(runtime, options) : lines(runtime);
  }
  const { openLive } = await import("./live.ts");
  return openLive(runtime, options);
}

/**
 * Whether a command shows a block: standard error is a terminal that can move its cursor, and nobody asked for lines. A
 * program behind a pipe most often writes to the same terminal, which knows nothing of the block: it gets lines, too.
 * Some builds have a terminal that nobody sits before, and keep all that is written there; they say so by CI.
 */
export function showsBlock(
  given: Pick<Given, "has">,
  { env, stderrIsTerminal, stdoutIsPipe }: Pick<Runtime, "env" | "stderrIsTerminal" | "stdoutIsPipe">,
): boolean {
  const terminal = env["TERM"] ?? "";
  const canMove = stderrIsTerminal && terminal !== "" && terminal !== "dumb";
  const isBuild = !["", "0", "false"].includes(env["CI"] ?? "");
  return canMove && !isBuild && !given.has("log-format") && !stdoutIsPipe();
}

function lines(runtime: Runtime): Progress {
  return {
    runtime,
    level: "info",
    follow: ({ streams }) => ({
      streams,
      poll,
      plan: () => {},
      goOn: () => {},
      status: null,
      read: (_, engine, how) => how(engine),
    }),
    end: () => {},
  };
}

/** Lines, and figures for who asks: a service manager is told how the streams are. */
async function counted(runtime: Runtime, { polls }: ProgressOptions): Promise<Progress> {
  const { follow } = await import("./followed.ts");
  const startedMs = systemClock.now();
  return {
    ...lines(runtime),
    follow: ({ streams, share }) => follow(streams, systemClock, { startedMs, polls, share }),
  };
}
