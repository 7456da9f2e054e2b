/** The log: one line an event on standard error. It never gets a token, a secret, a body or a record. */
import { ecsMembers } from "./ecs.ts";
import { LEVELS, type LogEntry, type LogFields, type LogLevel } from "./logEntry.ts";

export type { LogLevel } from "./logEntry.ts";
export const LOG_FORMATS = ["text", "json", "ecs"] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** The same log with fields on every line. */
  with(fields: LogFields): Log;
}

export interface LogOptions {
  /** Takes one finished line, line feed included. */
  write: (line: string) => void;
  format: LogFormat;
  /** The least severe level that is written. */
  level: LogLevel;
  /** Milliseconds since the epoch. */
  now: () => number;
}

export function createLog({ write, format, level, now }: LogOptions): Log {
  return createEntryLog({ take: (entry) => write(`${LINES[format](entry)}\n`), level, now });
}

/** A log for somebody who takes what a line says, and writes none. */
export interface EntryLogOptions extends Pick<LogOptions, "level" | "now"> {
  take: (entry: LogEntry) => void;
}

export function createEntryLog(options: EntryLogOptions, fixed: LogFields = {}): Log {
  const emit = (level: LogLevel) => (message: string, fields: LogFields = {}) => {
    if (LEVELS.indexOf(level) < LEVELS.indexOf(options.level)) return;
    const time = new Date(options.now()).toISOString();
    options.take({ time, level, message, fields: { ...fixed, ...fields } });
  };
  return {
    debug: emit("debug"),
    info: emit("info"),
    warn: emit("warn"),
    error: emit("error"),
    with: (fields) => createEntryLog(options, { ...fixed, ...fields }),
  };
}

/** Whether `text` names a format. */
export function isLogFormat(text: string): text is LogFormat {
  return (LOG_FORMATS as readonly string[]).includes(text);
}

/** Whether `text` names a level. */
export function isLogLevel(text: string): text is LogLevel {
  return (LEVELS as readonly string[]).includes(text);
}

const LINES: Readonly<Record<LogFormat, (entry: LogEntry) => string>> = {
  text,
  json: ({ time, level, message, fields }) => escaped({ time, level, message, ...fields }),
  ecs: (entry) => escaped(ecsMembers(entry)),
};

function text({ time, level, message, fields }: LogEntry): string {
  const pairs = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}=${quoted(String(value))}`);
  return `${time} ${level.padEnd(5)} ${oneLine(message)}${pairs.join("")}`;
}

// A value from outside must not be able to forge a second line or another field.
function quoted(value: string): string {
  return /^[^\s"=\p{Cc}\p{Bidi_Control}]+$/u.test(value) ? value : escaped(value);
}

// JSON leaves these as they are: DEL, the second set of control characters, which some terminals obey, line
// separators, and what turns the direction of text so that a line reads as another one.
function escaped(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\u009f\u2028\u2029\p{Bidi_Control}]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function oneLine(message: string): string {
  return message.replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]+/gu, " ");
}
