/** How a command shows what it does: as a block on a terminal, or as lines of its log. */
import type { StreamStatus } from "../../server/status/schema.ts";
import type { LogLevel } from "../../telemetry/log.ts";
import type { Runtime } from "../../wiring/runtime.ts";
import type { Stream } from "../../tap/stream.ts";
import type { Tap } from "../../wiring/tap.ts";
import type { Followed } from "./followed.ts";

export interface ProgressOptions {
  /** Whether the command polls at its streams' periods, rather than once. */
  readonly polls: boolean;
  /** What reading older time is called. @default "backfill" */
  readonly word?: string;
  /** What is shown of a stream, where that is not how its position is. */
  readonly shown?: (stream: StreamStatus) => StreamStatus;
}

export interface Progress {
  /** The process from here on: what is written leaves room for the block. */
  readonly runtime: Runtime;
  /** The least level of the log, unless one is asked for. */
  readonly level: LogLevel;
  /** Shows these streams; the command is to read what comes back. To be called once. */
  follow(
    tap: Pick<Tap, "stop"> & Partial<Pick<Tap, "share">> & { readonly streams: readonly Stream[] },
  ): Followed;
  /** To be called when the command is over: what came of it. */
  end(exitCode: number): void;
}
