/**
 * Every way graphtap can fail, in one table. Behaviour follows its columns: nothing asks for an error's class or code.
 */

/**
 * What the engine does about a failure:
 * `retry` the same request later, `restart-window` from its first page (smaller if it keeps failing),
 * `suspend-stream` until its next period while the others go on, `exit` the program.
 */
export type Recovery = "retry" | "restart-window" | "suspend-stream" | "exit";

/** One row of the table: all that the program does because of a failure hangs on its columns. */
export interface ErrorKind {
  /** What the engine does about it. */
  readonly recovery: Recovery;
  /** The exit code if the program ends because of it. */
  readonly exitCode: ExitCode;
  /** Whether it can lie in the window that was asked for: then a smaller one is tried, and a gap is what remains. */
  readonly suspectsWindow: boolean;
  /** Whether it is about who asks. Where Graph serves the same one other windows, it lies in the window all the same. */
  readonly refusesAccess: boolean;
  /** Whether it can lie in the filter that the service asks by: then its next one is tried. */
  readonly suspectsFilter: boolean;
  /** Whether Graph served pages all the same: then it is no outage, even if every window fares like this. */
  readonly isServed: boolean;
  /** Whether that window may be of any width: the smallest is tried once, and then all of it is a gap. */
  readonly isEndless: boolean;
  /** Whether what was asked for may have been done all the same: no answer came, or none that tells. */
  readonly leavesOpen: boolean;
  /** How often the same request is sent at most. */
  readonly tries: number;
  /** Whether the sink failed: of the lines in flight only those count as delivered that it says it accepted. */
  readonly keepsAccepted: boolean;
  /** Whether Graph counted too many requests: the limiters of the stream pause. */
  readonly throttles: boolean;
  /** Whether it lies with the whole input rather than with one of its streams: the log tells it once. */
  readonly ofInput: boolean;
  /** False for an end that was asked for: no stream and no log calls it an error. */
  readonly isFault: boolean;
  /** Whether a stream of which nothing was read until then ends with what its last request failed with. */
  readonly yieldsToFailure: boolean;
  /** Whether it is the reader who left: a command that only prints has nobody to tell then. */
  readonly readerLeft: boolean;
  /** Whether another process has what this one needs, and may leave it: `--wait` waits for that. */
  readonly isHeldByOther: boolean;
  /** Whether nothing in this process can go on, whoever met it. */
  readonly stopsProcess: boolean;
  /** Whether it may pass by itself, so that starting again later is worth it. */
  readonly mayPass: boolean;
  /** What a client of the server is answered. */
  readonly httpStatus: number;
  /** The old collector's error type and id, so that its runbooks still find the line. */
  readonly collector?: readonly [type: string, id: number];
}

/**
 * 0 done · 1 a stream failed · 2 usage or configuration · 3 authorisation · 4 the sink · 5 state · 70 a bug ·
 * 75 what may pass by itself (sysexits.h: EX_TEMPFAIL).
 */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 5 | 70 | 75;

/** A client may ask again where waiting mends; a refusal of Graph's or Entra's is a bad gateway. */
const HTTP_STATUS: Readonly<Record<Recovery, number>> = {
  "retry": 503,
  "restart-window": 503,
  "suspend-stream": 502,
  "exit": 500,
};

/** A row in which only what is out of the ordinary is named. */
function row(recovery: Recovery, exitCode: ExitCode, unusual: Partial<ErrorKind> = {}): ErrorKind {
  return {
    recovery,
    exitCode,
    suspectsWindow: recovery === "restart-window",
    refusesAccess: false,
    suspectsFilter: false,
    isServed: false,
    isEndless: false,
    leavesOpen: false,
    tries: recovery === "retry" ? Infinity : 1,
    keepsAccepted: false,
    throttles: false,
    ofInput: false,
    isFault: true,
    yieldsToFailure: false,
    readerLeft: false,
    isHeldByOther: false,
    stopsProcess: false,
    mayPass: exitCode === 75,
    httpStatus: HTTP_STATUS[recovery],
    ...unusual,
  };
}

/** A stable code, first in every message, for runbooks and alerts. */
export type ErrorCode =
  | "usage"
  | "config-missing"
  | "config-unreadable"
  | "config-invalid"
  | "plugin-missing"
  | "plugin-invalid"
  | "secret-missing"
  | "secret-unreadable"
  | "token-refused"
  | "token-unavailable"
  | "graph-unauthorized"
  | "graph-forbidden"
  | "graph-unlicensed"
  | "graph-throttled"
  | "graph-unavailable"
  | "graph-unreachable"
  | "graph-timeout"
  | "graph-refused"
  | "graph-unclear"
  | "page-link-expired"
  | "page-link-loop"
  | "page-link-foreign"
  | "page-invalid"
  | "page-too-large"
  | "record-too-large"
  | "window-too-large"
  | "window-endless"
  | "state-unusable"
  | "position-elsewhere"
  | "state-in-use"
  | "sink-closed"
  | "sink-stalled"
  | "sink-full"
  | "sink-unusable"
  | "output-refused"
  | "output-unreachable"
  | "address-unavailable"
  | "shipper-missing"
  | "shipper-refused"
  | "shipper-unstarted"
  | "stopped"
  | "deadline-reached"
  | "bug";

/** All codes with their rows. */
export const errorKinds: Readonly<Record<ErrorCode, ErrorKind>> = {
  "usage": row("exit", 2, { httpStatus: 400 }),
  "config-missing": row("exit", 75),
  "config-unreadable": row("exit", 2),
  "config-invalid": row("exit", 2),
  "plugin-missing": row("exit", 75),
  "plugin-invalid": row("exit", 2),
  "secret-missing": row("suspend-stream", 75, { ofInput: true }),
  "secret-unreadable": row("suspend-stream", 2, { ofInput: true }),
  "token-refused": row("suspend-stream", 3, { ofInput: true, collector: ["SetupError", 101] }),
  "token-unavailable": row("retry", 1, { ofInput: true, collector: ["SetupError", 101] }),
  "graph-unauthorized": row("suspend-stream", 3, { refusesAccess: true, collector: ["ApiError", 401] }),
  "graph-forbidden": row("suspend-stream", 3, { refusesAccess: true, collector: ["SetupError", 102] }),
  "graph-unlicensed": row("suspend-stream", 3, { refusesAccess: true, collector: ["SetupError", 102] }),
  "graph-throttled": row("retry", 1, { throttles: true, collector: ["ApiError", 429] }),
  "graph-unavailable": row("retry", 1, {
    suspectsWindow: true,
    leavesOpen: true,
    ofInput: true,
    collector: ["ApiError", 498],
  }),
  "graph-unreachable": row("retry", 1, {
    suspectsWindow: true,
    leavesOpen: true,
    ofInput: true,
    collector: ["MicrosoftGraphPullerConnectionException", 4],
  }),
  "graph-timeout": row("restart-window", 1, { leavesOpen: true, collector: ["ApiError", 498] }),
  "graph-refused": row("suspend-stream", 1, {
    suspectsWindow: true,
    suspectsFilter: true,
    collector: ["MicrosoftGraphPullerRetrieveException", 2],
  }),
  "graph-unclear": row("retry", 1, {
    suspectsWindow: true,
    leavesOpen: true,
    suspectsFilter: true,
    tries: 2,
    collector: ["MicrosoftGraphPullerRetrieveException", 2],
  }),
  "page-link-expired": row("restart-window", 1),
  "page-link-loop": row("restart-window", 1, { isServed: true }),
  "page-link-foreign": row("suspend-stream", 1, { suspectsWindow: true }),
  "page-invalid": row("retry", 1, { suspectsWindow: true, leavesOpen: true }),
  "page-too-large": row("restart-window", 1),
  "record-too-large": row("restart-window", 1),
  "window-too-large": row("restart-window", 1, { isServed: true }),
  "window-endless": row("restart-window", 1, { isServed: true, isEndless: true }),
  "state-unusable": row("exit", 5, { stopsProcess: true }),
  "position-elsewhere": row("retry", 5, { ofInput: true, tries: 1 }),
  "state-in-use": row("exit", 5, { isHeldByOther: true, httpStatus: 409 }),
  "sink-closed": row("exit", 4, { keepsAccepted: true, readerLeft: true, httpStatus: 503 }),
  "sink-stalled": row("exit", 4, { keepsAccepted: true, httpStatus: 503 }),
  "sink-full": row("exit", 4, { keepsAccepted: true }),
  "sink-unusable": row("exit", 4, { keepsAccepted: true }),
  "output-refused": row("exit", 3),
  "output-unreachable": row("exit", 1),
  "address-unavailable": row("exit", 75),
  "shipper-missing": row("exit", 2),
  "shipper-refused": row("exit", 2),
  "shipper-unstarted": row("exit", 75),
  "stopped": row("exit", 0, { leavesOpen: true, isFault: false, httpStatus: 503 }),
  "deadline-reached": row("exit", 0, {
    leavesOpen: true,
    isFault: false,
    yieldsToFailure: true,
    httpStatus: 503,
  }),
  "bug": row("exit", 70, { stopsProcess: true }),
};

/** What may accompany an error. */
export interface ErrorDetails {
  /** What broke underneath; kept for debugging, never printed whole. */
  cause?: unknown;
  /** Seconds that the other side asked us to wait. */
  retryAfterSeconds?: number;
  /** The oldest time that may be asked for, where the other side named it; milliseconds since the epoch. */
  keptSinceMs?: number;
  /** What stays the same of the message, whichever stream and request met it. @default the message */
  reason?: string;
  /** The other side's id of the request that failed. */
  requestId?: string;
}

/**
 * The one error class. `message` says what failed, what was found, what was expected and what to do;
 * it never holds a token, a secret or a record, and of a response body no more than a sentence (net/sentence.ts).
 */
export class GraphtapError extends Error {
  /** The row of the table that it is. */
  readonly code: ErrorCode;
  /** Seconds that the other side asked us to wait. */
  readonly retryAfterSeconds: number | undefined;
  /** The oldest time that may be asked for; milliseconds since the epoch. */
  readonly keptSinceMs: number | undefined;
  /** What stays the same of the message, whichever stream and request met it. */
  readonly reason: string;
  /** The other side's id of the request that failed. */
  readonly requestId: string | undefined;

  /** An error with the behaviour of its code. */
  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, "cause" in details ? { cause: details.cause } : undefined);
    this.name = "GraphtapError";
    this.code = code;
    this.retryAfterSeconds = details.retryAfterSeconds;
    this.keptSinceMs = details.keptSinceMs;
    this.reason = details.reason ?? message;
    this.requestId = details.requestId;
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

/** What a log line says of a failure beside its message: both names, for whoever searches for one, and Graph's id. */
export type ErrorFields = Readonly<{ code: ErrorCode; collector?: string; request_id?: string }>;

/** The fields of a log line that tells a failure. */
export function codesOf({ code, kind: { collector }, requestId }: GraphtapError): ErrorFields {
  return {
    code,
    ...(collector && { collector: collector.join(" ") }),
    ...(requestId !== undefined && { request_id: requestId }),
  };
}

/** The one line a person reads: code, the old collector's name, message. */
export function errorLine(error: GraphtapError): string {
  const old = error.kind.collector;
  return `${error.code}${old ? ` (${old[0]} ${old[1]})` : ""}: ${error.message}`;
}
