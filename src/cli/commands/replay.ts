import { systemClock } from "../../clock.ts";
import { errorLine, type ExitCode } from "../../errors.ts";
import { compareInstants, type Instant, parseInstant, type Window } from "../../instant.ts";
import { replay } from "../../tap/replay.ts";
import { readConfig } from "../../wiring/configFile.ts";
import { type Given, usage } from "../options.ts";
import type { Runtime } from "../../wiring/runtime.ts";
import { exitCodeOf, openTap, type Tap, untilStopped } from "../../wiring/tap.ts";

/** `graphtap replay`: reads a range again without touching the position. */
export async function run(given: Given, runtime: Runtime): Promise<ExitCode> {
  const range: Window = { from: instant(given, "from"), to: instant(given, "to") };
  if (compareInstants(range.from, range.to) >= 0) throw usage("replay", "--from is not before --to");
  // Here --to is a time.
  const named: Given = { ...given, text: (name) => given.text(name === "to" ? "sink" : name) };
  const tap = openTap(named, runtime, await readConfig(given, runtime, systemClock.now()));
  const stream = onlyStream(tap);
  const report = await untilStopped(
    tap,
    replay(stream, tap.engine, tap.stop.signal, range, given.has("again")),
  );
  tap.log.info("replay done", { sent: report.sent, duplicates: report.duplicates, gaps: report.gaps });
  if (report.error !== null) runtime.writeStderr(`graphtap: ${errorLine(report.error)}\n`);
  return report.gaps > 0 ? 1 : exitCodeOf([report.error]);
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
