/** Why a process says that it ended, as its standard error has it. */
export interface LastWord {
  /** What a person reads. */
  readonly said: string;
  readonly level?: string;
  readonly code?: string;
  readonly exit_code?: number;
}

/** The last word on standard error: a line of the log in JSON, or one in plain text from before the log was open. */
export function lastWord(stderr: string): LastWord {
  const line = stderr.split("\n").findLast((line) => /^\{"time":|^graphtap: /.test(line)) ?? "";
  if (!line.startsWith("{")) return { said: line, code: /^graphtap: ([a-z-]+)/.exec(line)?.[1] };
  const { message, level, code, exit_code } = JSON.parse(line) as LastWord & { message: string };
  return { said: message, level, code, exit_code };
}
