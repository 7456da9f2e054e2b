import { createLog, isLogLevel, type Log } from "../telemetry/log.ts";
import type { Given } from "../cli/options.ts";
import type { Runtime } from "./runtime.ts";

/** The log as the options ask: text for people, JSON for what collects a service's standard error. */
export function logFor(given: Given, runtime: Runtime, debug: boolean, now: () => number): Log {
  const format = given.text("log-format") ?? (runtime.stderrIsTerminal ? "text" : "json");
  const level = given.text("log-level") ?? (debug ? "debug" : "info");
  return createLog({
    write: runtime.writeStderr,
    format: format === "json" ? "json" : "text",
    level: isLogLevel(level) ? level : "info",
    now,
  });
}
