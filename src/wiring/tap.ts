/** A tap: a state folder, its streams, and what they share. */
import { setMaxListeners } from "node:events";
import { join } from "node:path";
import { type Clock, systemClock } from "../clock.ts";
import { shownLines } from "../config/collectorVersion.ts";
import type { Steps } from "../config/steps.ts";
import { type Share, shareOf } from "../config/shard.ts";
import { shownProblems, warningLine } from "../config/document/problems.ts";
import type { GraphtapError } from "../errors.ts";
import type { FileLocker } from "../files/lock.ts";
import { createHttp, type Http } from "../graph/http.ts";
import { openRequestLog, type RequestLog, type RequestLogOptions } from "../graph/requestLog.ts";
import { proxiesFrom } from "../net/proxy.ts";
import { createFramers } from "../json/framer.ts";
import type { Changes } from "../server/reload.ts";
import type { Sink } from "../sink/sink.ts";
import { openState, type State, takeFolder } from "../state/state.ts";
import type { LineFormat } from "../record/line.ts";
import { createKeyMaker } from "../record/keyMaker.ts";
import { createMasks } from "../record/mask.ts";
import type { Selection } from "../server/pull/select.ts";
import type { Engine } from "../tap/stream.ts";
import type { FolderLock } from "../files/folderLock.ts";
import { createLog, type Log, type LogLevel, type LogOptions } from "../telemetry/log.ts";
import type { LoadedConfig } from "./configFile.ts";
import { stoppedBy } from "./end.ts";
import type { SourceSurroundings } from "./inputShare.ts";
import type { Runtime } from "./runtime.ts";
import { lostOutputs } from "./outputs.ts";
import { heldSink, openSink, sinkName, type SinkOptions } from "./sink.ts";
import { prepareState } from "./shards.ts";
import type { Configured } from "./sources.ts";
import {
  createStreamSet,
  type IsComing,
  type SourcedStream,
  type StreamSet,
  type StreamWork,
} from "./streams.ts";
import type { Turn } from "./turns.ts";
import { version } from "./version.ts";

/** Everything that `run` and `pull` need, wired. */
export interface Tap {
  /** Those that there are now; to be asked for each time, where the configuration may be read again. */
  readonly streams: readonly SourcedStream[];
  readonly engine: Engine;
  readonly log: Log;
  /** The folder for positions; absolute. */
  readonly stateDir: string;
  /** How much of the configuration is this process's; `null` where there are no shards. */
  readonly share: Share | null;
  /** What was found damaged in the state folder, and what that costs, a line each: the first few. */
  readonly damages: readonly string[];
  /** Aborted by a stop signal or a failure of the whole process; the reason is the GraphtapError. */
  readonly stop: AbortController;
  /** What another configuration changes; in steps, of one input each. */
  compare(next: Configured): Steps<Changes>;
  /** Goes over to it, as {@linkcode StreamSet.change} does. @throws state-*; the reason of `stop` */
  change(next: Configured, work: StreamWork, turn?: Turn): Promise<void>;
  /** Writes lines of this level and above to the log from now on. */
  logFrom(level: LogLevel): void;
  /** Lets go of everything. */
  close(): Promise<void>;
}

/** In the state folder: what Graph may still count. Names with a leading dot are no input's. */
const REQUESTS = ".requests";
/** More of them than these are in the log only. */
const MOST_DAMAGES = 20;

/** What a tap needs to know beside its configuration. */
export interface TapOptions {
  readonly sink: SinkOptions;
  readonly selection: Selection;
  /** Whether streams begin now that would wait for a position of another shard. @default false */
  readonly adopt?: boolean;
  /** The folder for positions; absolute. */
  readonly stateDir: string;
  readonly format: LineFormat;
  /** HOST of the devo format. */
  readonly hostname: string;
  readonly log: Pick<LogOptions, "format" | "level">;
  /** Whether to end when the process that started this one does. */
  readonly exitWithParent: boolean;
  /** Whether to wait for the state folder while another process has it. */
  readonly wait: boolean;
}

/** What of a tap may be there before it is opened. */
export interface TapBeginning {
  /** @default made by {@linkcode stopFor} */
  readonly stop?: AbortController;
  /** Of the state folder. @default taken when it is opened */
  readonly lock?: FolderLock;
}

/** The stop of this process, as far as it comes from outside. */
export function stopFor({ exitWithParent }: TapOptions, runtime: Runtime): AbortController {
  const stop = new AbortController();
  // Every stream listens for the stop, and each of its waits does.
  setMaxListeners(0, stop.signal);
  runtime.onStopSignal((cause) => stop.abort(stoppedBy(cause)));
  if (exitWithParent) runtime.onParentGone(() => stop.abort(stoppedBy("parent-gone")));
  return stop;
}

/** A log whose least level may change. */
function openLog({ format, ...first }: TapOptions["log"], { writeStderr }: Runtime, now: () => number) {
  let { level } = first;
  const log = createLog({
    format,
    get level() {
      return level;
    },
    write: writeStderr,
    now,
  });
  return { log, logFrom: (next: LogLevel) => void (level = next) };
}

/**
 * Opens a tap of this process: its log, state folder, connections and sink. The log says what starts.
 *
 * @throws state-*, sink-full, sink-unusable
 */
export function openTap(
  options: TapOptions,
  runtime: Runtime,
  loaded: LoadedConfig,
  { stop = stopFor(options, runtime), lock }: TapBeginning = {},
): Tap {
  runtime.keepYoungMemorySmall?.();
  const { stateDir, format } = options;
  const clock = systemClock;
  const { log, logFrom } = openLog(options.log, runtime, () => clock.now());
  const proxy = proxiesFrom(runtime.env);
  const shape = { json: format !== "devo", clock, log, stop: stop.signal };
  const tap = openTapWithin(options, loaded, {
    clock,
    log,
    logFrom,
    stop,
    locker: runtime.locker,
    pid: runtime.pid,
    ...(lock && { lock }),
    http: createHttp({ proxy }),
    sinkName: sinkName(options.sink),
    openSink: (state) => openSink(options.sink, { runtime, stateDir, state, proxy, ...shape }),
  });
  sayLost(log, lostOutputs(loaded.config, options.sink, runtime.stdoutPlace()));
  return tap;
}

/** What a tap has from whoever opens it: this process, or a program that imports graphtap. */
export interface Surroundings {
  readonly clock: Clock;
  readonly log: Log;
  /** Writes lines of this level and above to the log from now on. */
  readonly logFrom: (level: LogLevel) => void;
  readonly stop: AbortController;
  readonly locker: FileLocker;
  readonly pid: number;
  readonly http: Http;
  /** Where lines go, as the log may show it. */
  readonly sinkName: string;
  /** Called when the state folder is this process's. */
  readonly openSink: (state: State) => Sink;
  /** Of the state folder, where this process has it already. */
  readonly lock?: TapBeginning["lock"];
}

/** Opens a tap within surroundings of any kind. The log says what starts. @throws state-*, and what `openSink` throws */
export function openTapWithin(
  options: Omit<TapOptions, "sink" | "log" | "exitWithParent">,
  loaded: LoadedConfig,
  { clock, log, logFrom, stop, locker, pid, lock, http, sinkName, openSink }: Surroundings,
): Tap {
  const { config, registry } = loaded;
  const { stateDir, selection, adopt = false } = options;
  const { shard = null } = selection;
  const now = () => clock.now();
  const report = (note: string) => log.warn(note);
  const onLost = (failure: GraphtapError) => stop.abort(failure);
  const damages: string[] = [];
  const noteDamage = (note: string) => {
    if (damages.length < MOST_DAMAGES) damages.push(note);
    log.warn(note);
  };
  const taken = lock ?? takeFolder(stateDir, { locker, pid, now, report, onLost });
  const state = openState(stateDir, { locker, pid, now, report: noteDamage, onLost, lock: taken });
  // Of a start that is refused only the reason is said.
  sayWarnings(log, loaded);
  let sink: Sink;
  let requests: RequestLog;
  try {
    requests = openRequests(state, stateDir, { now, report });
    prepareState(state, stateDir, { config, registry, selection }, { adopt, log, nowMs: now() });
    sink = openSink(state);
  } catch (error) {
    state.close();
    throw error;
  }
  const { memoryOf } = requests;
  const outside = { clock, log, transport: http.transport, random: Math.random, memoryOf };
  const ours = { state, sink: heldSink(sink, state) };
  const { engine, set } = buildTap({ ...options, config, registry, ...ours, ...outside });
  const started = { version, config: config.file, state: stateDir, sink: sinkName };
  let share = shareOf(config.inputs, shard);
  const streams = set.list().length;
  log.info("started", { ...started, ...share, streams, read_as: shownLines(config.inputs) });
  return {
    get streams() {
      return set.list();
    },
    engine,
    log,
    stateDir,
    get share() {
      return share;
    },
    damages,
    stop,
    compare: set.compare,
    change(next, work, turn) {
      const prepare = (isComing: IsComing) => {
        prepareState(state, stateDir, next, { adopt: false, log, nowMs: now(), isComing });
        share = shareOf(next.config.inputs, shard);
      };
      return set.change(next, work, stop.signal, prepare, turn);
    },
    logFrom,
    close: () =>
      http.close().then(() => sink.close()).finally(() => {
        requests.close();
        state.close();
      }),
  };
}

/** What the process before asked Graph for, in a file that it does not write to any more. */
function openRequests(state: State, dir: string, options: RequestLogOptions): RequestLog {
  state.renew(join(dir, REQUESTS));
  return openRequestLog(join(dir, REQUESTS), options);
}

function sayLost(log: Log, lost: string | null): void {
  if (lost !== null) log.error(lost);
}

/** What is not wrong enough in a configuration to stop it. */
export function sayWarnings(log: Log, { config }: LoadedConfig): void {
  for (const line of shownProblems(config.warnings, warningLine)) log.warn(line);
}

/** What a tap is put together from. Nothing in it is of this process but what is put in. */
export interface TapParts extends Configured, SourceSurroundings {
  /** In [0, 1), for spreading retries. */
  readonly random: () => number;
  readonly state: State;
  readonly sink: Sink;
  readonly format: LineFormat;
  /** HOST of the devo format. */
  readonly hostname: string;
}

/** The streams that the configuration enables and the selection asks for, and what they share. */
export function buildTap(
  parts: TapParts,
): { readonly streams: readonly SourcedStream[]; readonly engine: Engine; readonly set: StreamSet } {
  const { clock, random, sink, format, hostname } = parts;
  const set = createStreamSet(parts, parts);
  return {
    streams: set.list(),
    engine: {
      framers: createFramers(),
      makeKey: createKeyMaker(),
      masks: createMasks(),
      clock,
      random,
      sink,
      format,
      hostname,
    },
    set,
  };
}
