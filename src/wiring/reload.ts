/** A tap whose configuration is read again while it runs: at SIGHUP, and when the server is asked to. */
import { systemClock } from "../clock.ts";
import { failureFields, problemFields } from "../config/document/problems.ts";
import { type ParsedConfig, usable } from "../config/load.ts";
import { atOnce } from "../config/steps.ts";
import { asGraphtapError, codesOf, type ExitCode, GraphtapError } from "../errors.ts";
import type { Changes, ReloadResult, StreamAt } from "../server/reload.ts";
import type { LogFields } from "../telemetry/logEntry.ts";
import { createLog } from "../telemetry/log.ts";
import { createReloads, type Reloads } from "../telemetry/reloads.ts";
import type { Beside } from "./beside.ts";
import {
  type ConfigText,
  type LoadedConfig,
  parsingConfigText,
  readConfigText,
  stateFolderOf,
} from "./configFile.ts";
import { runToEnd } from "./end.ts";
import { giveMemoryBack } from "./giveBack.ts";
import { type Meanwhile, NOTHING, standBy, type Taken, type Waiting } from "./standBy.ts";
import { type Asking, hearReloads } from "./hearReloads.ts";
import type { Runtime } from "./runtime.ts";
import { createServiceManager, type ServiceManager } from "./serviceManager.ts";
import type { StreamWork } from "./streams.ts";
import { openTap, sayWarnings, stopFor, type Tap, type TapOptions } from "./tap.ts";
import { tellStandingBy } from "./tellStandingBy.ts";
import { createTurns, inTurns, type Turn } from "./turns.ts";

/** More names than these are only counted. */
const MOST_NAMES = 20;

/** What a command does with a tap until that stops. */
export interface RunningWork extends StreamWork {
  /** @throws why it ended */
  readonly ended: Promise<never>;
}

/** Reading the configuration again. */
export interface Reload {
  readonly reloads: Reloads;
  /**
   * Does it when what was asked for before is done. A configuration that cannot be used changes nothing.
   *
   * @param cause who asked, as the log says it
   */
  again(cause: string): Promise<ReloadResult>;
}

/** What is run. */
export interface Reloading {
  /** The configuration's files and folders; none where it is to be found. */
  readonly config: readonly string[];
  /** @throws usage where the command line does not go with the configuration */
  readonly optionsFor: (loaded: LoadedConfig) => TapOptions;
  /** Begins what is done while another process has the state folder. @default nothing */
  readonly whileWaiting?: (waiting: Waiting) => Promise<Meanwhile>;
  /** Lives beside the tap, from before the work begins until it has ended. @default nothing */
  readonly beside?: Beside | undefined;
  /** Begins to work. */
  readonly work: (tap: Tap, reload: Reload, manager: ServiceManager) => RunningWork | Promise<RunningWork>;
}

/** A configuration, and what the command line makes of it. */
interface Reading {
  readonly loaded: LoadedConfig;
  readonly options: TapOptions;
}

/**
 * Runs until the process is to end.
 *
 * @throws config-*, plugin-invalid, usage, state-*, sink-* at the start
 */
export async function runReloading(reloading: Reloading, runtime: Runtime): Promise<ExitCode> {
  const asking = hearReloads(runtime);
  const given = await read(reloading, runtime);
  const stop = stopFor(given.options, runtime);
  const log = createLog({ ...given.options.log, write: runtime.writeStderr, now: () => systemClock.now() });
  const manager = createServiceManager(runtime, (note) => log.warn(note));
  stop.signal.addEventListener("abort", () => manager.stopping(), { once: true });
  const standing = new AbortController();
  try {
    const signs = { stop, manager, asking, over: standing.signal };
    const taken = await standByReloading(reloading, given, runtime, signs);
    const first = taken?.waited ? await readWhenTaken(reloading, given, runtime) : given;
    const tap = openTap(first.options, runtime, first.loaded, { ...taken, stop });
    const begin = async (reload: Reload) => {
      await reloading.beside?.begin(first.loaded, tap);
      standing.abort();
      void giveMemoryBack(tap, runtime);
      return await reloading.work(tap, reload, manager);
    };
    return await workReloading({ reloading, runtime, tap, manager, first }, asking, begin);
  } finally {
    standing.abort();
    asking.end();
  }
}

/** What runs, and what it was begun with. */
interface Running {
  readonly reloading: Reloading;
  readonly runtime: Runtime;
  readonly tap: Tap;
  readonly manager: ServiceManager;
  readonly first: Reading;
}

/** Works to the end, and reads the configuration again whenever that is asked for. */
async function workReloading(
  running: Running,
  asking: Asking,
  begin: (reload: Reload) => Promise<RunningWork>,
): Promise<ExitCode> {
  const { reloading, tap, manager } = running;
  const reloads = createReloads(() => systemClock.now());
  let last: Promise<unknown> = Promise.resolve();
  const again = (cause: string): Promise<ReloadResult> => {
    manager.reloading();
    const result = last.then(() => readAgain(cause, running, reloads, work)).finally(() => manager.ready());
    last = result;
    return result;
  };
  const work: Promise<RunningWork> = Promise.resolve().then(() => begin({ reloads, again }));
  asking.leadsTo(() => void again("SIGHUP"));
  return await runToEnd(tap, work.then(({ ended }) => ended).finally(() => reloading.beside?.end()));
}

/** What a process that stands by tells its manager with, and until when. */
interface Standing {
  readonly stop: AbortController;
  readonly manager: ServiceManager;
  readonly asking: Asking;
  readonly over: AbortSignal;
}

/** Stands by, where that is asked for. */
async function standByReloading(
  reloading: Reloading,
  { options }: Reading,
  runtime: Runtime,
  { stop, manager, asking, over }: Standing,
): Promise<Taken | undefined> {
  const whileWaiting = async (waiting: Waiting) => {
    asking.leadsTo(() => {
      manager.reloading();
      waiting.log.info("SIGHUP: the configuration is read again when this process takes over");
      manager.ready();
    });
    const meanwhile = await reloading.whileWaiting?.(waiting) ?? NOTHING;
    void tellStandingBy(manager, waiting.holder, systemClock, over);
    return meanwhile;
  };
  return await standBy(options, runtime, stop, whileWaiting).finally(() => asking.keeps());
}

/** The configuration as it is after the wait; what standard input gave, and where the state is, stays. */
async function readWhenTaken(reloading: Reloading, before: Reading, runtime: Runtime): Promise<Reading> {
  if (reloading.config.includes("-")) return before;
  const now = await read(reloading, runtime);
  mustStay(before.options, now.options);
  return now;
}

async function read(reloading: Reloading, runtime: Runtime): Promise<Reading> {
  const text = await readConfigText(reloading.config, runtime);
  const parsed = atOnce(parsingConfigText(text, runtime.env, systemClock.now()));
  return judged(text, parsed, reloading);
}

/** Never throws: what is wrong is told, and what ran goes on. */
async function readAgain(
  cause: string,
  running: Running,
  reloads: Reloads,
  work: Promise<RunningWork>,
): Promise<ReloadResult> {
  const { reloading, runtime, first, tap: { log, stop } } = running;
  const file = first.loaded.config.file;
  let parsed: ParsedConfig | null = null;
  try {
    const working = await work;
    stop.signal.throwIfAborted();
    if (reloading.config.includes("-")) {
      throw new GraphtapError("config-unreadable", "standard input cannot be read a second time");
    }
    const turn = createTurns();
    // All at once, so that a folder is read as it was at one moment; what takes long is what they say.
    const text = await readConfigText(reloading.config, runtime);
    await turn();
    parsed = await inTurns(parsingConfigText(text, runtime.env, systemClock.now()), turn);
    stop.signal.throwIfAborted();
    const changes = await goOver(cause, running, judged(text, parsed, reloading), { work: working, turn });
    reloads.success();
    return { changes };
  } catch (thrown) {
    const error = asGraphtapError(stop.signal.aborted ? stop.signal.reason : thrown);
    // The stop wins, and says itself why.
    if (stop.signal.aborted) return { error, problems: [] };
    reloads.failure(error);
    log.error(
      `${cause}: the configuration is not used, and what ran goes on: ${error.message}`,
      codesOf(error),
    );
    const isRead = parsed !== null && parsed.config === null;
    const found = isRead ? parsed!.problems.filter(({ isAdvice }) => !isAdvice) : [];
    return {
      error,
      problems: isRead ? found.map((one) => problemFields(file, one)) : [failureFields(file, error)],
    };
  }
}

/** What was read, if it can be used. @throws config-invalid, secret-missing, usage */
function judged(text: ConfigText, parsed: ParsedConfig, { optionsFor }: Reloading): Reading {
  const config = usable(text.file, parsed);
  const loaded = { config, registry: text.registry, home: text.home, stateDir: stateFolderOf(text, config) };
  return { loaded, options: optionsFor(loaded) };
}

/**
 * Goes over to another configuration.
 *
 * @throws config-invalid, usage, shipper-*, state-*: nothing has changed then; the reason of the stop
 */
async function goOver(
  cause: string,
  { reloading, tap, first }: Running,
  { loaded, options }: Reading,
  { work, turn }: { readonly work: StreamWork; readonly turn: Turn },
): Promise<Changes> {
  const { log } = tap;
  mustStay(tap, options);
  const goOverBeside = await reloading.beside?.prepare(loaded, cause);
  const configured = { config: loaded.config, registry: loaded.registry, selection: options.selection };
  const changes = await inTurns(tap.compare(configured), turn);
  sayWarnings(log, loaded);
  if (JSON.stringify(options.sink) !== JSON.stringify(first.options.sink)) {
    log.warn(
      `${cause}: where lines go, and with which authorisation, stays as it is until the program is started again`,
    );
  }
  const isSame = [changes.added, changes.removed, changes.changed].every((streams) => streams.length === 0);
  log.info(
    `${cause}: ${isSame ? "no stream has changed" : "the configuration has changed"}`,
    namesOf(changes),
  );
  const began = systemClock.now();
  await tap.change(configured, work, turn);
  goOverBeside?.();
  tap.logFrom(options.log.level);
  if (!isSame) {
    log.info(`${cause}: the new configuration is in use`, { elapsed_ms: systemClock.now() - began });
  }
  return changes;
}

/** @throws config-invalid where it would move the state folder */
function mustStay({ stateDir }: Pick<TapOptions, "stateDir">, options: TapOptions): void {
  if (options.stateDir === stateDir) return;
  throw new GraphtapError(
    "config-invalid",
    `Cannot move the state folder of a running program: it is "${stateDir}", and the configuration names ` +
      `"${options.stateDir}" (persistence.config.directory_name); start the program again for that`,
  );
}

/** The streams that come, go, change and stay, by their names, as a line of the log can hold them. */
export function namesOf({ added, removed, changed, unchanged }: Changes): LogFields {
  return {
    added: listed(added),
    removed: listed(removed),
    changed: listed(changed),
    unchanged: listed(unchanged),
  };
}

function listed(streams: readonly StreamAt[]): string | undefined {
  if (streams.length === 0) return undefined;
  const more = streams.length - MOST_NAMES;
  const names = streams.slice(0, MOST_NAMES).map(({ input, service }) => `${input} × ${service}`);
  return names.join(", ") + (more > 0 ? ` and ${more} more` : "");
}
