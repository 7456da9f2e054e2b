import { systemClock } from "../../clock.ts";
import { codesOf, type ExitCode } from "../../errors.ts";
import {
  compareInstants,
  formatInstant,
  type Instant,
  parseInstant,
  secondsBetween,
  type Window,
} from "../../instant.ts";
import { replay } from "../../tap/replay.ts";
import type { PollReport } from "../../tap/poll.ts";
import type { Log } from "../../telemetry/log.ts";
import type { StreamStatus } from "../../server/status/schema.ts";
import { readConfig } from "../../wiring/configFile.ts";
import { type Done, endOfPolls, runToEnd } from "../../wiring/end.ts";
import { type Given, usage } from "../options.ts";
import { tapOptions } from "../tapOptions.ts";
import { openProgress } from "../terminal/openProgress.ts";
import type { Runtime } from "../../wiring/runtime.ts";
import { openWhenFree } from "../../wiring/openWhenFree.ts";
import type { Tap } from "../../wiring/tap.ts";

/** `graphtap replay`: reads a range again without touching the position. */
export async function run(given: Given, runtime: Runtime): Promise<ExitCode> {
  const range: Window = { from: instant(given, "from"), to: instant(given, "to") };
  if (compareInstants(range.from, range.to) >= 0) throw usage("replay", "--from is not before --to");
  const loaded = await readConfig(given.all("config"), runtime, systemClock.now());
  let readTo = range.from;
  const progress = await openProgress(given, runtime, {
    polls: false,
    word: "range",
    shown: (stream) => ({ ...stream, read_to: formatInstant(readTo), backfill: leftOf(range, readTo) }),
  });
  const options = tapOptions(given, runtime, loaded, { ...progress, sinkOption: "sink" });
  const tap = await openWhenFree(options, progress.runtime, loaded);
  const followed = progress.follow({ ...tap, streams: [onlyStream(tap)] });
  const again = given.has("again");
  const { engine, log, stop } = tap;
  const reading = followed.read(
    followed.streams[0]!,
    engine,
    (own) => replay(followed.streams[0]!, own, stop.signal, range, again, (to) => readTo = to),
  );
  const exitCode = await runToEnd(tap, reading.then((report) => endOf(report, log)));
  progress.end(exitCode);
  return exitCode;
}

/** What of the range is not read yet. */
function leftOf({ from, to }: Window, readTo: Instant): StreamStatus["backfill"] {
  const left = Math.max(0, secondsBetween(readTo, to));
  return left === 0 ? null : { seconds_left: left, share: 1 - left / secondsBetween(from, to), ends: null };
}

function endOf({ error, sent, duplicates, gaps }: PollReport, log: Log): Done {
  const figures = { sent, duplicates, gaps };
  if (error === null) log.info("replay done", figures);
  else log.error(`replay failed: ${error.message}`, { ...codesOf(error), ...figures });
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
