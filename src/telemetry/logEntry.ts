/** Values beside a message, each printed as `name=value` or as a JSON member. `undefined` is left out. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** What a line of the log says. */
export interface LogEntry {
  /** RFC 3339. */
  readonly time: string;
  readonly level: string;
  readonly message: string;
  readonly fields: LogFields;
}
