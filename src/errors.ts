/**
 * Every way graphtap can fail, in one table. Behaviour follows the table: nothing asks for an error's class.
 */

/**
 * What the engine does about a failure:
 * `retry` the same request later, `restart-window` from its first page (smaller if it keeps failing),
 * `suspend-stream` until its next period while the others go on, `exit` the program.
 */
export type Recovery = "retry" | "restart-window" | "suspend-stream" | "exit";

/** One row: what to do, the exit code if the program ends because of it, and the old collector's name for it. */
export interface ErrorKind {
  readonly recovery: Recovery;
  readonly exitCode: ExitCode;
  /** The old collector's error type and id, so that its runbooks still find the line. */
  readonly collector?: readonly [type: string, id: number];
}

/** 0 done · 1 a stream failed · 2 usage or configuration · 3 authorisation · 4 the sink · 5 state · 70 a bug. */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 5 | 70;

const kinds = {
  "usage": { recovery: "exit", exitCode: 2 },
  "config-unreadable": { recovery: "exit", exitCode: 2 },
  "config-invalid": { recovery: "exit", exitCode: 2 },
  "plugin-invalid": { recovery: "exit", exitCode: 2 },
  "secret-unreadable": { recovery: "suspend-stream", exitCode: 2 },
  "token-refused": { recovery: "suspend-stream", exitCode: 3, collector: ["SetupError", 101] },
  "token-unavailable": { recovery: "retry", exitCode: 1, collector: ["SetupError", 101] },
  "graph-unauthorized": { recovery: "suspend-stream", exitCode: 3, collector: ["ApiError", 401] },
  "graph-forbidden": { recovery: "suspend-stream", exitCode: 3, collector: ["SetupError", 102] },
  "graph-unlicensed": { recovery: "suspend-stream", exitCode: 3, collector: ["SetupError", 102] },
  "graph-throttled": { recovery: "retry", exitCode: 1, collector: ["ApiError", 429] },
  "graph-unavailable": { recovery: "retry", exitCode: 1, collector: ["ApiError", 498] },
  "graph-unreachable": {
    recovery: "retry",
    exitCode: 1,
    collector: ["MicrosoftGraphPullerConnectionException", 4],
  },
  "graph-timeout": { recovery: "restart-window", exitCode: 1, collector: ["ApiError", 498] },
  "graph-refused": {
    recovery: "suspend-stream",
    exitCode: 1,
    collector: ["MicrosoftGraphPullerRetrieveException", 2],
  },
  "page-link-expired": { recovery: "restart-window", exitCode: 1 },
  "page-link-loop": { recovery: "restart-window", exitCode: 1 },
  "page-link-foreign": { recovery: "suspend-stream", exitCode: 1 },
  "page-invalid": { recovery: "retry", exitCode: 1 },
  "page-too-large": { recovery: "restart-window", exitCode: 1 },
  "record-too-large": { recovery: "restart-window", exitCode: 1 },
  "state-unusable": { recovery: "exit", exitCode: 5 },
  "state-in-use": { recovery: "exit", exitCode: 5 },
  "sink-closed": { recovery: "exit", exitCode: 4 },
  "sink-full": { recovery: "exit", exitCode: 4 },
  "sink-unusable": { recovery: "exit", exitCode: 4 },
  "stopped": { recovery: "exit", exitCode: 0 },
  "bug": { recovery: "exit", exitCode: 70 },
} as const satisfies Record<string, ErrorKind>;

/** A stable code, first in every message, for runbooks and alerts. */
export type ErrorCode = keyof typeof kinds;

/** All codes with their rows. */
export const errorKinds: Readonly<Record<ErrorCode, ErrorKind>> = kinds;

/** What may accompany an error. */
export interface ErrorDetails {
  /** What broke underneath; kept for debugging, never printed whole. */
  cause?: unknown;
  /** Seconds that the other side asked us to wait. */
  retryAfterSeconds?: number;
}

/**
 * The one error class. `message` says what failed, what was found, what was expected and what to do;
 * it never holds a token, a secret, a response body or a record.
 */
export class GraphtapError extends Error {
  readonly code: ErrorCode;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, "cause" in details ? { cause: details.cause } : undefined);
    this.name = "GraphtapError";
    this.code = code;
    this.retryAfterSeconds = details.retryAfterSeconds;
  }

  /** The row of the table for this error. */
  get kind(): ErrorKind {
    return errorKinds[this.code];
  }
}

/** `error` as a GraphtapError; anything foreign is a bug of ours and says so, but for what Deno does not allow. */
export function asGraphtapError(error: unknown): GraphtapError {
  if (error instanceof GraphtapError) return error;
  if (error instanceof Error && error.name === "NotCapable") {
    return new GraphtapError("usage", `Deno does not allow it: ${error.message}`, { cause: error });
  }
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new GraphtapError("bug", text, { cause: error });
}

/** What a log line says of a failure beside its message: both names, for whoever searches for one. */
export function codesOf(error: GraphtapError): { readonly code: ErrorCode; readonly collector?: string } {
  const { code, kind: { collector } } = error;
  return collector === undefined ? { code } : { code, collector: collector.join(" ") };
}

/** The one line a person reads: code, the old collector's name, message. */
export function errorLine(error: GraphtapError): string {
  const old = error.kind.collector;
  return `${error.code}${old ? ` (${old[0]} ${old[1]})` : ""}: ${error.message}`;
}
