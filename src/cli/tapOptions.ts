/** The words of the commands that deliver, as the plain options that a tap is opened with. */
import { hostname } from "node:os";
import type { LineFormat } from "../record/line.ts";
import { isLogFormat, isLogLevel, type LogLevel, type LogOptions } from "../telemetry/log.ts";
import type { LoadedConfig } from "../wiring/configFile.ts";
import type { Heartbeat } from "../wiring/heartbeat.ts";
import type { Runtime } from "../wiring/runtime.ts";
import type { TapOptions } from "../wiring/tap.ts";
import { type Given, usage } from "./options.ts";
import { selectionOf, stateDirOf } from "./selection.ts";
import { type SinkOptionName, sinkOptions } from "./sinkOptions.ts";

const DEFAULT_HEARTBEAT_TAG = "my.app.graphtap.heartbeat";
/** Devo's limit, and what a level of a tag may hold. */
const TAG = /^(?=.{1,1024}$)[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+$/;

/** Where a command differs from the others. */
export interface TapDifferences {
  /** The option that names the sink. @default "to" */
  readonly sinkOption?: SinkOptionName;
  /** The least level of the log, unless one is asked for. @default "info" */
  readonly level?: LogLevel;
}

/**
 * Reads what a tap needs to know beside its configuration.
 *
 * @throws usage; secret-unreadable for the file of `--auth-file`
 */
export function tapOptions(
  given: Given,
  runtime: Runtime,
  loaded: LoadedConfig,
  { sinkOption = "to", level }: TapDifferences = {},
): TapOptions {
  const { allowInsecureUrls, debug } = loaded.config.globals;
  return {
    sink: sinkOptions(given, runtime.env, allowInsecureUrls, sinkOption),
    selection: selectionOf(given, loaded),
    adopt: given.has("adopt"),
    stateDir: stateDirOf(given, loaded),
    format: (given.text("format") ?? "json") as LineFormat,
    hostname: hostOf(given),
    log: logOptions(given, runtime, debug, level),
    exitWithParent: given.has("exit-with-parent"),
    wait: given.has("wait"),
  };
}

/**
 * HOST of the devo format: what was given, or this machine's name. No other format shows it, and Deno asks for a
 * permission to know it.
 */
function hostOf(given: Given): string {
  const named = given.text("hostname");
  if (named !== undefined || given.text("format") !== "devo") return named ?? "localhost";
  try {
    return hostname();
  } catch {
    throw usage(
      given.command,
      "--format devo needs this machine's name, and Deno was not allowed to tell it: " +
        "run Deno with --allow-sys=hostname, or give --hostname NAME",
    );
  }
}

/**
 * How the log looks: text for people, JSON for what collects a service's standard error.
 *
 * @param debug whether the configuration asks for a line for each request (`globals.debug`)
 * @param usual the least level, unless one is asked for
 */
export function logOptions(
  given: Given,
  { stderrIsTerminal }: Pick<Runtime, "stderrIsTerminal">,
  debug: boolean,
  usual: LogLevel = "info",
): Pick<LogOptions, "format" | "level"> {
  const format = given.text("log-format") ?? (stderrIsTerminal ? "text" : "json");
  const level = given.has("verbose") ? "debug" : given.text("log-level") ?? (debug ? "debug" : usual);
  return { format: isLogFormat(format) ? format : "text", level: isLogLevel(level) ? level : usual };
}

/** `--heartbeat` and `--heartbeat-tag`; `null` when there is to be none. @throws usage */
export function heartbeatOf(given: Given): Heartbeat | null {
  const text = given.text("heartbeat");
  const tag = given.text("heartbeat-tag") ?? DEFAULT_HEARTBEAT_TAG;
  if (!TAG.test(tag)) {
    throw usage(
      given.command,
      `--heartbeat-tag is "${tag}", expected a tag such as ${DEFAULT_HEARTBEAT_TAG}`,
    );
  }
  if (text === undefined) return null;
  const seconds = Number(text);
  if (!(seconds > 0 && seconds <= 86_400)) {
    throw usage(
      given.command,
      `--heartbeat is "${text}", expected a number of seconds above 0 and up to 86400`,
    );
  }
  return { everyMs: seconds * 1000, tag };
}
