import { existsSync } from "node:fs";
import { systemClock } from "../../clock.ts";
import { loadConfig } from "../../config/load.ts";
import { rewriteFile } from "../../migrate/rewriteFile.ts";
import type { ExitCode } from "../../errors.ts";
import { fromMillis } from "../../instant.ts";
import { replaceFile } from "../../files/durable.ts";
import { type ConfigText, readConfigText } from "../../wiring/configFile.ts";
import { migrateState } from "../../migrate/migrateState.ts";
import { type Given, usage } from "../options.ts";
import type { Runtime } from "../../wiring/runtime.ts";

/** `graphtap migrate`: a configuration of 1.x as one of 2.x, or with `--state` the positions of the old collector. */
export async function run(given: Given, runtime: Runtime): Promise<ExitCode> {
  const [word, ...more] = given.words;
  if (more.length > 0) throw usage("migrate", `one FILE at a time, not also "${more[0]}"`);
  const source = await readConfigText(word ?? given.text("config"), runtime);
  if (given.has("state")) return migrateState(given, runtime, source);
  return migrateFile(given, runtime, source);
}

async function migrateFile(given: Given, runtime: Runtime, source: ConfigText): Promise<ExitCode> {
  judge(source, "");
  const { text, notes } = rewriteFile(source.text, source.registry, given.has("keep-tags"));
  judge({ ...source, text }, ", rewritten,");
  for (const note of notes) runtime.writeStderr(`${note}\n`);
  const target = given.text("write");
  const doubt = notes.length === 0 ? `${source.file} is of 2.x already: nothing to do\n` : "";
  if (given.has("check")) {
    runtime.writeStderr(doubt || `${notes.length} changes; nothing was written\n`);
    return 0;
  }
  runtime.writeStderr(doubt);
  if (target === undefined) await runtime.writeStdout(new TextEncoder().encode(text));
  else write(target, text);
  return 0;
}

/** The text as `run` would read it, but for secrets: they need not be there where a file is rewritten. */
function judge({ file, text, registry }: ConfigText, which: string): void {
  const standIn = "not the secret itself";
  loadConfig(text, {
    file: `${file}${which}`,
    registry,
    now: fromMillis(systemClock.now()),
    env: new Proxy({}, { get: () => standIn }),
    readFile: () => standIn,
  });
}

/** The file holds what the old one held, secrets too, so only its owner may read it. */
function write(target: string, text: string): void {
  if (existsSync(target)) throw usage("migrate", `--write ${target}: the file exists; choose another name`);
  replaceFile(target, text);
}
