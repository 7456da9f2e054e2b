import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../clock.ts";
import { type ExitCode, GraphtapError } from "../../errors.ts";
import { formatInstant } from "../../instant.ts";
import { pollForever } from "../../tap/scheduler.ts";
import { demoConfig, type DemoGraph, openDemoGraph } from "../demoGraph.ts";
import { serveDemo } from "../demoServe.ts";
import { type Given, usage } from "../options.ts";
import { runToEnd } from "../../wiring/end.ts";
import { knownServices } from "../../wiring/knownServices.ts";
import type { Runtime } from "../../wiring/runtime.ts";
import { layOut } from "../table.ts";
import { tapOptions } from "../tapOptions.ts";
import { openTap, type Tap } from "../../wiring/tap.ts";

const DEFAULT_SECONDS = 12;
/** Short enough that one sees records arrive; a configuration allows no less than a minute. */
const PERIOD_SECONDS = 3;
/** What a slow machine may take longer. */
const MOST_OVERTIME_MS = 30_000;
const OVERTIME_STEP_MS = 200;

/** `graphtap demo`: the program as it is, against a Graph on loopback, in a state folder that is thrown away. */
export async function run(given: Given, runtime: Runtime): Promise<ExitCode> {
  if (given.has("serve")) return serveDemo(given, runtime);
  const lastsMs = seconds(given.text("seconds")) * 1000;
  const folder = mkdtempSync(join(tmpdir(), "graphtap-demo-"));
  const plugins = (await knownServices(given.all("config"), runtime)).registry.services();
  const graph = await openDemoGraph({ port: 0, quotas: false, unevenPages: false, plugins });
  try {
    runtime.writeStderr(
      `graphtap demo: a Graph with invented records is on ${graph.url} for ${lastsMs / 1000} s\n`,
    );
    const loaded = demoConfig(graph.url, folder, systemClock.now(), plugins);
    const tap = openTap(tapOptions(given, runtime, loaded), runtime, loaded);
    const forget = endInTime(tap, lastsMs);
    const { exitCode, rows } = await play(tap, graph).finally(forget);
    if (exitCode === 0) runtime.writeStderr(closing(rows));
    return exitCode;
  } finally {
    await graph.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Ends the demo in time, but not before each service was read once, or half a minute too late. @returns to be called at its end */
function endInTime({ streams, stop }: Tap, lastsMs: number): () => void {
  const latest = systemClock.now() + lastsMs + MOST_OVERTIME_MS;
  let timer = setTimeout(end, lastsMs);

  function end(): void {
    const isShown = streams.every(({ state }) => (state.loadPosition()?.lastPollEndedMs ?? null) !== null);
    if (isShown || systemClock.now() > latest) stop.abort(new GraphtapError("stopped", "the demo is over"));
    else timer = setTimeout(end, OVERTIME_STEP_MS);
  }
  return () => clearTimeout(timer);
}

/** Polls until the demo is over or something fails; what came of each stream. */
async function play(tap: Tap, graph: DemoGraph): Promise<{ exitCode: ExitCode; rows: string[][] }> {
  const quick = tap.streams.map((stream) => ({
    ...stream,
    service: { ...stream.service, periodSeconds: PERIOD_SECONDS },
  }));
  graph.start(tap.stop.signal);
  let rows: string[][] = [];
  // Positions can be read for as long as the tap is open.
  const polling = pollForever(quick, tap.engine, tap.stop).finally(() => rows = rowsOf(tap, graph));
  const exitCode = await runToEnd(tap, polling);
  return { exitCode, rows };
}

function seconds(text: string | undefined): number {
  const value = text === undefined ? DEFAULT_SECONDS : Number(text);
  if (value > 0 && value <= 3600) return value;
  throw usage("demo", `--seconds is "${text}", expected a number above 0 and up to 3600`);
}

function rowsOf(tap: Tap, graph: DemoGraph): string[][] {
  return tap.streams.map(({ service, plugin, state }) => {
    const position = state.loadPosition();
    const requests = graph.emulator.requests.filter(({ path }) => path === plugin.path).length;
    const readTo = position?.watermark ?? null;
    const records = String(position?.records ?? 0);
    return [service.name, records, String(requests), readTo === null ? "-" : formatInstant(readTo)];
  });
}

function closing(rows: readonly (readonly string[])[]): string {
  return `
${layOut([["SERVICE", "RECORDS", "REQUESTS", "READ TO"], ...rows])}
Each record left once, as one line, with its tag. Where to go next:
  graphtap services               what can be pulled, and which permissions it takes
  graphtap check -c config.yaml   validate your configuration, offline
  graphtap pull -c config.yaml    one poll of everything, then exit
  graphtap demo --serve           keep this Graph running, to try your own pipeline on it
`;
}
