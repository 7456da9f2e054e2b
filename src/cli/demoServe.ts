/** `graphtap demo --serve`. */
import { systemClock } from "../clock.ts";
import { type ExitCode, GraphtapError } from "../errors.ts";
import { demoConfigText, type DemoGraph, openDemoGraph } from "./demoGraph.ts";
import { type Given, usage } from "./options.ts";
import { knownServices } from "../wiring/knownServices.ts";
import type { Runtime } from "../wiring/runtime.ts";
import { readWholeFile, whyUnreadable } from "../files/wholeFile.ts";

/** `graphtap demo --serve`: only the built-in Graph, until a stop signal; the configuration for it goes to standard output. */
export async function serveDemo(given: Given, runtime: Runtime): Promise<ExitCode> {
  const stop = new AbortController();
  runtime.onStopSignal(() => stop.abort());
  const { registry, files } = await knownServices(given.all("config"), runtime);
  const graph = await openDemoGraph({
    plugins: registry.services(),
    port: port(given.text("port")),
    quotas: !given.has("no-quotas"),
    unevenPages: true,
  });
  try {
    loadFaults(graph, given.text("faults"));
    graph.start(stop.signal);
    const config = demoConfigText(graph.url, "state", systemClock.now(), registry.services(), files);
    await runtime.writeStdout(new TextEncoder().encode(config));
    runtime.writeStderr(
      `graphtap demo: a Graph with invented records is on ${graph.url}; a configuration for it is on standard output\n`,
    );
    await new Promise((resolve) => stop.signal.addEventListener("abort", resolve, { once: true }));
    return 0;
  } finally {
    await graph.close();
  }
}

function port(text: string | undefined): number {
  const value = Number(text ?? "0");
  if (Number.isInteger(value) && value >= 0 && value <= 65_535) return value;
  throw usage("demo", `--port is "${text}", expected a port number`);
}

function loadFaults(graph: DemoGraph, file: string | undefined): void {
  if (file === undefined) return;
  let text: string;
  try {
    text = readWholeFile(file).toString("utf8");
  } catch (cause) {
    const why = whyUnreadable(cause);
    throw new GraphtapError("config-unreadable", `Cannot read faults "${file}": ${why}`, { cause });
  }
  graph.emulator.faults.load(parse(text, file));
}

function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new GraphtapError("config-invalid", `Cannot read faults "${file}": it is not JSON`, {
      cause: error,
    });
  }
}
