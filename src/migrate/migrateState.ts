import { resolve } from "node:path";
import { systemClock } from "../clock.ts";
import { loadConfig } from "../config/load.ts";
import { type ExitCode, GraphtapError } from "../errors.ts";
import { fromMillis } from "../instant.ts";
import { listOldFiles } from "./oldState.ts";
import { openState } from "../state/state.ts";
import type { ConfigText } from "../wiring/configFile.ts";
import { type Given, usage } from "../cli/options.ts";
import type { Runtime } from "../wiring/runtime.ts";
import { layOut } from "../cli/table.ts";
import { DEFAULT_OVERLAP_SECONDS, findTakeovers, takeOver } from "./takeOver.ts";
import { readWholeFile } from "../files/wholeFile.ts";

/**
 * Takes the positions of the old collector over: each stream goes on where it was, some way further back, so that
 * what arrived late there is found. So it does from our own position, where the stream had another name before its
 * file was rewritten. A stream that has a position already keeps it.
 *
 * @throws usage, config-invalid, state-*
 */
export function migrateState(given: Given, runtime: Runtime, source: ConfigText): ExitCode {
  const overlap = overlapOf(given);
  const folder = resolve(given.text("state")!);
  const now = fromMillis(systemClock.now());
  const { file, registry, text, home } = source;
  const readFile = (path: string) => readWholeFile(path).toString("utf8");
  const config = loadConfig(text, { file, registry, now, env: runtime.env, readFile });
  const files = listOldFiles(folder);
  const isCheck = given.has("check");
  const state = openState(resolve(home, config.globals.stateDir), {
    locker: runtime.locker,
    pid: runtime.pid,
    readOnly: isCheck,
    now: () => systemClock.now(),
    report: (note) => runtime.writeStderr(`${note}\n`),
  });
  try {
    const takeovers = findTakeovers(config, registry, folder, files, state);
    if (!takeovers.some(({ found }) => found.length > 0)) {
      throw new GraphtapError(
        "state-unusable",
        `Cannot take positions over: of ${files.length} files in "${folder}" none belongs to a stream of ${file}; ` +
          "name the folder of the old collector, and a configuration with its input ids",
      );
    }
    const rows = takeovers.map((one) => takeOver(one, state, now, overlap, isCheck));
    const claimed = new Set(takeovers.flatMap(({ found }) => found.map((one) => one.file)));
    const strangers = files.filter((one) => !claimed.has(one));
    const cells = rows.map(({ input, service, old, next, remark }) => [input, service, old, next, remark]);
    runtime.writeStderr(layOut([["INPUT", "SERVICE", "OLD POSITION", "GOES ON AT", "REMARK"], ...cells]));
    if (strangers.length > 0) runtime.writeStderr(`of no stream here: ${strangers.join(", ")}\n`);
    if (isCheck) runtime.writeStderr("nothing was written\n");
    return rows.some(({ old, next }) => next === "-" && old !== "-") ? 1 : 0;
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
