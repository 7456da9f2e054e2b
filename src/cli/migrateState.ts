import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { systemClock } from "../clock.ts";
import type { InputConfig, ServiceConfig } from "../config/config.ts";
import { loadConfig } from "../config/load.ts";
import { type ExitCode, GraphtapError } from "../errors.ts";
import { addSeconds, compareInstants, formatInstant, fromMillis, type Instant, latest } from "../instant.ts";
import type { Plugin } from "../plugin/plugin.ts";
import { emptyCheckpoint } from "../state/checkpoint.ts";
import { recordKey } from "../state/key.ts";
import { findOldPositions, listOldFiles, type OldAddress, type OldPosition } from "../state/oldState.ts";
import { openState, type State } from "../state/state.ts";
import type { ConfigText } from "./configFile.ts";
import { type Given, usage } from "./options.ts";
import type { Runtime } from "./runtime.ts";
import { layOut } from "./table.ts";

const DEFAULT_OVERLAP_SECONDS = 3600;
/** Names of inputs in the collector's own samples. */
const SAMPLE_INPUTS = ["microsoft_graph", "microsoft_graph_audit", "microsoft_graph_security"];
/** What `migrate` adds to names and ids when it splits an input. */
const SPLIT = /_(audit|security)$/;

/** One stream and what the old collector left of it. */
interface Takeover {
  readonly input: InputConfig;
  readonly service: ServiceConfig;
  readonly plugin: Plugin;
  readonly found: readonly OldPosition[];
}

/**
 * Takes the positions of the old collector over: each stream goes on where it was, some way further back, so that
 * what arrived late there is found. A stream that has a position already keeps it.
 *
 * @throws usage, config-invalid, state-*
 */
export async function migrateState(given: Given, runtime: Runtime, source: ConfigText): Promise<ExitCode> {
  const overlap = overlapOf(given);
  const folder = resolve(given.text("state")!);
  const now = fromMillis(systemClock.now());
  const { file, registry, text, home } = source;
  const readFile = (path: string) => readFileSync(path, "utf8");
  const config = loadConfig(text, { file, registry, now, env: runtime.env, readFile });
  const files = listOldFiles(folder);
  const takeovers = config.inputs.filter(({ enabled }) => enabled).flatMap((input) =>
    input.services.filter(({ enabled }) => enabled).map((service): Takeover => {
      const plugin = registry.resolve(service.name)!;
      return {
        input,
        service,
        plugin,
        found: findOldPositions(folder, files, addressOf(input, service, plugin)),
      };
    })
  );
  if (!takeovers.some(({ found }) => found.length > 0)) {
    throw new GraphtapError(
      "state-unusable",
      `Cannot take positions over: of ${files.length} files in "${folder}" none belongs to a stream of ${file}; ` +
        "name the folder of the old collector, and a configuration with its input ids",
    );
  }
  const state = openState(resolve(home, config.globals.stateDir), {
    locker: runtime.locker,
    pid: runtime.pid,
    readOnly: given.has("check"),
    now: () => systemClock.now(),
    report: (note) => runtime.writeStderr(`${note}\n`),
  });
  try {
    const rows = takeovers.map((one) => takeOver(one, state, now, overlap, given.has("check")));
    const claimed = new Set(takeovers.flatMap(({ found }) => found.map((one) => one.file)));
    const strangers = files.filter((one) => !claimed.has(one));
    runtime.writeStderr(layOut([["INPUT", "SERVICE", "OLD POSITION", "GOES ON AT", "REMARK"], ...rows]));
    if (strangers.length > 0) runtime.writeStderr(`of no stream here: ${strangers.join(", ")}\n`);
    if (given.has("check")) runtime.writeStderr("nothing was written\n");
    return await Promise.resolve(rows.some((row) => row[3] === "-" && row[2] !== "-") ? 1 : 0);
  } finally {
    state.close();
  }
}

function overlapOf(given: Given): number {
  const text = given.text("overlap");
  if (text === undefined) return DEFAULT_OVERLAP_SECONDS;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw usage("migrate", `--overlap is "${text}", expected a whole number of seconds`);
}

function addressOf(input: InputConfig, service: ServiceConfig, plugin: Plugin): OldAddress {
  const { aliases = [], variants = [] } = plugin;
  return {
    inputs: [...new Set([input.name, input.name.replace(SPLIT, ""), ...SAMPLE_INPUTS])],
    ids: [...new Set([input.id, input.id.replace(SPLIT, "")])],
    services: [service.configuredName, plugin.service, ...aliases, ...variants.map(({ name }) => name)],
  };
}

/** A row of the table; the position is durable when it is returned. */
function takeOver(
  { input, service, plugin, found }: Takeover,
  state: State,
  now: Instant,
  overlap: number,
  isCheck: boolean,
): string[] {
  const row = (old: string, next: string, remark: string) => [input.name, service.name, old, next, remark];
  const start = service.startTime?.instant ?? null;
  const begins = `begins at ${start === null ? "its first poll" : formatInstant(start)}`;
  if (found.length === 0) return row("-", "-", `nothing found: it ${begins}`);
  const broken = found.find(({ problem }) => problem !== null);
  if (broken !== undefined) return row("?", "-", `${broken.file}: ${broken.problem}; it ${begins}`);
  // Of several that are one now, the one that is furthest behind leaves no hole.
  const old = found.map(({ readTo }) => readTo!).reduce((a, b) => compareInstants(a, b) <= 0 ? a : b);
  if (plugin.cursor.kind === "snapshot") {
    return row(formatInstant(old), "whole", "is read whole, and leaves once");
  }
  if (compareInstants(old, now) > 0) return row(formatInstant(old), "-", `lies in the future; it ${begins}`);
  const stream = state.stream({ inputId: input.id, service: service.name });
  const kept = stream.loadCheckpoint();
  if (kept !== null) {
    return row(formatInstant(old), kept.read_to ?? "own", "has a position already, and keeps it");
  }
  const back = addSeconds(old, -overlap);
  const readTo = start === null ? back : latest(back, start);
  if (!isCheck) {
    if (plugin.cursor.kind === "event-time") {
      // As they stand in a record, quotes included.
      for (const id of found.flatMap(({ ids }) => ids)) stream.seen().add(recordKey(JSON.stringify(id)));
      stream.seen().commit();
    }
    stream.saveCheckpoint({
      ...emptyCheckpoint(
        { inputId: input.id, service: service.name },
        start === null ? null : formatInstant(start),
      ),
      began_at: formatInstant(start ?? readTo),
      read_to: formatInstant(readTo),
      last_event_time_in_utc: formatInstant(old),
    });
  }
  return row(formatInstant(old), formatInstant(readTo), found.map(({ file }) => file).join(", "));
}
