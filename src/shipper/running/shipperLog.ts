/** What a shipper writes to its log, as lines of ours. */
import type { LogLevel } from "../../telemetry/log.ts";
import { visibleLine } from "../../telemetry/visible.ts";

/** One line of a shipper's log. */
export interface ShipperLine {
  readonly level: LogLevel;
  /** Without time and level, which our line has of its own. */
  readonly text: string;
}

/** Letters of a line that are kept at most. */
const MOST = 1000;
// deno-lint-ignore no-control-regex
const COLOURS = /\x1b\[[0-9;]*m/g;
/** `[2026/11/30 04:45:12.123456789] [ warn] [engine] …` */
const FLUENT_BIT = /^\[\d{4}\/\d\d\/\d\d [\d:.]+\] \[ *(\w+)\] (.*)$/;
/** `2026-11-30T04:45:12.123456Z  WARN vector::app: …` */
const VECTOR = /^\d{4}-\d\d-\d\dT[\d:.]+Z +([A-Z]+) (.*)$/;
const LEVELS: Readonly<Record<string, LogLevel>> = {
  trace: "debug",
  debug: "debug",
  warn: "warn",
  error: "error",
};

/**
 * Reads one line. A token in an address of Devo's, as a failed request may show it, becomes `…`. What has no level, such
 * as the banner of a start, counts as `debug`.
 */
export function shipperLine(line: string): ShipperLine {
  const plain = line.replace(COLOURS, "").trimEnd();
  const [, level, text = plain] = FLUENT_BIT.exec(plain) ?? VECTOR.exec(plain) ?? [];
  return {
    level: level === undefined ? "debug" : LEVELS[level.toLowerCase()] ?? "info",
    text: visibleLine(text.replace(/\btoken![^/\s"]+/g, "token!…").slice(0, MOST)),
  };
}

/** Whether a line says that the shipper has started, inputs and outputs included. */
export function saysStarted(text: string): boolean {
  return /Shutdown Grace|\[output:tcp:[^\]]*\] worker #\d+ started|stream processor started|Vector has started/
    .test(text);
}
