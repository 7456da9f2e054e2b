/** The levels of the log, the least severe first. */
export const LEVELS = ["debug", "info", "warn", "error"] as const;

/** How severe a line of the log is. */
export type LogLevel = "debug" | "info" | "warn" | "error";

/** Values beside a message, each printed as `name=value` or as a JSON member. `undefined` is left out. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** What a line of the log says. */
export interface LogEntry {
  /** RFC 3339. */
  readonly time: string;
  /** How severe it is. */
  readonly level: LogLevel;
  /** What happened, without values that change. */
  readonly message: string;
  /** What else it says, by name. */
  readonly fields: LogFields;
}
