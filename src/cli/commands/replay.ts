import { systemClock } from "../../clock.ts";
import { codesOf, type ExitCode } from "../../errors.ts";
import { compareInstants, type Instant, parseInstant, type Window } from "../../instant.ts";
import { replay } from "../../tap/replay.ts";
import type { Stream } from "../../tap/stream.ts";
import { readConfig } from "../../wiring/configFile.ts";
import { type Done, endOfPolls, runToEnd } from "../../wiring/end.ts";
import { type Given, usage } from "../options.ts";
import { tapOptions } from "../tapOptions.ts";
import type { Runtime } from "../../wiring/runtime.ts";
import { openTap, type Tap } from "../../wiring/tap.ts";

/** `graphtap replay`: reads a range again without touching the position. */
export async function run(given: Given, runtime: Runtime): Promise<ExitCode> {
  const range: Window = { from: instant(given, "from"), to: instant(given, "to") };
  if (compareInstants(range.from, range.to) >= 0) throw usage("replay", "--from is not before --to");
  const loaded = await readConfig(given.text("config"), runtime, systemClock.now());
  const tap = openTap(tapOptions(given, runtime, loaded, "sink"), runtime, loaded);
  const stream = onlyStream(tap);
  return runToEnd(tap, readAgain(tap, stream, range, given.has("again")));
}

async function readAgain(tap: Tap, stream: Stream, range: Window, again: boolean): Promise<Done> {
  const { error, sent, duplicates, gaps } = await replay(stream, tap.engine, tap.stop.signal, range, again);
  const figures = { sent, duplicates, gaps };
  if (error === null) tap.log.info("replay done", figures);
  else tap.log.error(`replay failed: ${error.message}`, { ...codesOf(error), ...figures });
  if (gaps > 0) return { reason: "a part of the range could not be read, and is a gap", exitCode: 1 };
  return endOfPolls([error]);
}

function instant(given: Given, option: string): Instant {
  const text = given.text(option);
  const parsed = text === undefined ? null : parseInstant(text);
  if (parsed !== null) return parsed;
  throw usage(
    "replay",
    `--${option} is "${text ?? "missing"}", expected a time such as 2026-11-22T16:00:00Z`,
  );
}

function onlyStream({ streams }: Tap) {
  const timed = streams.filter(({ plugin }) => plugin.cursor.kind !== "snapshot");
  if (timed[0] !== undefined && timed.length === 1) return timed[0];
  const names = timed.map(({ input, service }) => `--input ${input.name} --service ${service.name}`);
  throw usage("replay", `name one stream: ${names.join(", or ") || "none of them has a time to replay by"}`);
}
