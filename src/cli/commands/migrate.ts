import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { systemClock } from "../../clock.ts";
import { loadConfig } from "../../config/load.ts";
import type { ExitCode } from "../../errors.ts";
import { replaceFile } from "../../files/durable.ts";
import { fromMillis } from "../../instant.ts";
import { migrateState, type StateMigrationOptions } from "../../migrate/migrateState.ts";
import { rewriteFile } from "../../migrate/rewriteFile.ts";
import { DEFAULT_OVERLAP_SECONDS } from "../../migrate/takeOver.ts";
import { openState } from "../../state/state.ts";
import { type ConfigText, judgeConfig, readConfigText } from "../../wiring/configFile.ts";
import type { Runtime } from "../../wiring/runtime.ts";
import { type Given, usage } from "../options.ts";
import { layOut } from "../table.ts";
import { showsBlock } from "../terminal/openProgress.ts";
import { openSteps, type Steps, withoutSteps } from "../terminal/steps.ts";

/** `graphtap migrate`: a configuration of 1.x as one of 2.x, or with `--state` the positions of the old collector. */
export async function run(given: Given, runtime: Runtime): Promise<ExitCode> {
  const [word, ...more] = given.words;
  if (more.length > 0) throw usage("migrate", `one FILE at a time, not also "${more[0]}"`);
  const source = await readConfigText(word === undefined ? given.all("config") : [word], runtime);
  const oldState = given.text("state");
  if (oldState === undefined) return migrateFile(given, runtime, source);
  const steps = showsBlock(given, runtime)
    ? openSteps(runtime, "taking positions over", () => systemClock.now())
    : withoutSteps(runtime);
  return migratePositions(resolve(oldState), overlapOf(given), given.has("check"), runtime, source, steps);
}

async function migrateFile(given: Given, runtime: Runtime, source: ConfigText): Promise<ExitCode> {
  const [only, ...others] = source.texts;
  if (others.length > 0) throw usage("migrate", `one FILE at a time, not also "${others[0]!.file}"`);
  const written = typeof only!.text === "string" ? only!.text : "";
  judge(source, written, "", runtime);
  const { text, notes } = rewriteFile(written, source.registry, given.has("keep-tags"));
  judge(source, text, ", rewritten,", runtime);
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
function judge(
  { file, registry, regexEngine }: ConfigText,
  text: string,
  which: string,
  { env }: Pick<Runtime, "env">,
): void {
  const standIn = "not the secret itself";
  loadConfig(text, {
    file: `${file}${which}`,
    registry,
    regexEngine,
    now: fromMillis(systemClock.now()),
    env: new Proxy({}, { get: (_, name) => env[String(name)] ?? standIn }),
    readFile: () => standIn,
  });
}

/** The file holds what the old one held, secrets too, so only its owner may read it. */
function write(target: string, text: string): void {
  if (existsSync(target)) throw usage("migrate", `--write ${target}: the file exists; choose another name`);
  replaceFile(target, text);
}

/** 1 when something was found that is of no use. @throws config-invalid, state-* */
function migratePositions(
  folder: string,
  overlapSeconds: number,
  isCheck: boolean,
  runtime: Runtime,
  source: ConfigText,
  steps: Steps,
): ExitCode {
  const { config, registry, stateDir } = judgeConfig(source, runtime.env, systemClock.now());
  const state = openState(stateDir, {
    locker: runtime.locker,
    pid: runtime.pid,
    readOnly: isCheck,
    now: () => systemClock.now(),
    report: (note) => steps.writeStderr(`${note}\n`),
  });
  try {
    const now = fromMillis(systemClock.now());
    const onStream: StateMigrationOptions["onStream"] = (done, all, { input, service }) =>
      steps.step(done, all, `${input.name}/${service.name}`);
    const options = { config, registry, folder, state, now, overlapSeconds, isCheck, onStream };
    const { streams, strangers } = migrateState(options);
    steps.end();
    const cells = streams.map(({ input, service, old, next, remark }) => [input, service, old, next, remark]);
    runtime.writeStderr(layOut([["INPUT", "SERVICE", "OLD POSITION", "GOES ON AT", "REMARK"], ...cells]));
    if (strangers.length > 0) runtime.writeStderr(`of no stream here: ${strangers.join(", ")}\n`);
    if (isCheck) runtime.writeStderr("nothing was written\n");
    return streams.some(({ isLost }) => isLost) ? 1 : 0;
  } finally {
    steps.end();
    state.close();
  }
}

function overlapOf(given: Given): number {
  const text = given.text("overlap");
  if (text === undefined) return DEFAULT_OVERLAP_SECONDS;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw usage("migrate", `--overlap is "${text}", expected a whole number of seconds`);
}
