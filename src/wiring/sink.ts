/** The sinks there are, and what each needs of the process. */
import { join } from "node:path";
import type { Clock } from "../clock.ts";
import type { ChooseProxy } from "../net/proxy.ts";
import { createDeadLetters } from "../sink/deadLetter.ts";
import { openFileSink } from "../sink/file.ts";
import { createHttpSink } from "../sink/http.ts";
import type { BodyKind } from "../sink/httpBody.ts";
import { createLineMark } from "../sink/lineMark.ts";
import type { Sink } from "../sink/sink.ts";
import type { SpoolAccess } from "../sink/spoolFile.ts";
import { createStdoutSink } from "../sink/stdout.ts";
import type { State } from "../state/state.ts";
import type { Log } from "../telemetry/log.ts";
import type { Runtime } from "./runtime.ts";
import { userAgent } from "./version.ts";

/** In the state folder: which outputs may end in the middle of a line. Names with a leading dot are no input's. */
const STDOUT = ".stdout";

/** Where event lines go, checked and not yet open. */
export type SinkOptions =
  | { readonly kind: "stdout" }
  | {
    readonly kind: "file";
    /** What the names of its files begin with; absolute. */
    readonly path: string;
    readonly rotateBytes: number;
    readonly rotateSeconds: number;
    /** What all its files may hold; `null` for no bound. */
    readonly maxSpoolBytes: number | null;
    /** How long a file is kept after its end, read or not; `null` for ever. */
    readonly keepSeconds: number | null;
    /** Who may read its files beside the user that graphtap runs as. */
    readonly access: SpoolAccess;
  }
  | {
    readonly kind: "http";
    /** Without user and password. */
    readonly url: string;
    /** The header's value; `null` for none. */
    readonly authorization: string | null;
    readonly body: BodyKind;
    readonly gzip: boolean;
    /** `null` for the one in the state folder. */
    readonly deadLetter: string | null;
  };

/** What a sink needs of the process. */
export interface SinkSurroundings {
  readonly runtime: Pick<Runtime, "writeStdout" | "stdoutName" | "locker">;
  readonly stateDir: string;
  readonly state: Pick<State, "hold" | "renew">;
  /** Whether the lines are JSON. */
  readonly json: boolean;
  readonly proxy: ChooseProxy;
  readonly clock: Clock;
  readonly log: Log;
  readonly stop: AbortSignal;
}

/** Where lines go, as the log may show it: an address may hold secrets in all its parts but the first. */
export function sinkName(options: SinkOptions): string {
  if (options.kind === "stdout") return "stdout";
  return options.kind === "file" ? `file:${options.path}` : new URL(options.url).origin;
}

/** The sink of who has the state folder: who lost it must not deliver beside the process that has it. */
export function heldSink(sink: Sink, { hold }: Pick<State, "hold">): Sink {
  return {
    ...sink,
    write(...lines) {
      hold.check();
      return sink.write(...lines);
    },
  };
}

/** Opens a sink. @throws sink-full, sink-unusable */
export function openSink(options: SinkOptions, surroundings: SinkSurroundings): Sink {
  const { runtime, clock, log } = surroundings;
  const now = () => clock.now();
  if (options.kind === "stdout") {
    const mark = createLineMark(join(surroundings.stateDir, STDOUT), runtime.stdoutName());
    return createStdoutSink(runtime.writeStdout, surroundings, mark);
  }
  if (options.kind === "file") {
    const { hold } = surroundings.state;
    return openFileSink({ ...options, locker: runtime.locker, hold, now, report: (note) => log.warn(note) });
  }
  const deadLetter = options.deadLetter ?? join(surroundings.stateDir, "dead-letter.ndjson");
  surroundings.state.renew(deadLetter);
  return createHttpSink({
    ...options,
    ...surroundings,
    userAgent,
    random: Math.random,
    deadLetters: createDeadLetters(deadLetter, new URL(options.url).origin, now),
  });
}
