/** Scripted faults: which requests of an emulator they hit, and what they do to them. */

/** What a fault does to a request that it hits. */
export type FaultAction =
  | {
    /** Answers with this status and a Graph error, or with `body`. */
    readonly kind: "status";
    readonly status: number;
    /** `error.code` of the Graph error. */
    readonly code?: string;
    readonly message?: string;
    /** Instead of a Graph error: a text as it is, anything else as JSON. */
    readonly body?: unknown;
    readonly headers?: Readonly<Record<string, string>>;
    /** `Retry-After` as seconds. */
    readonly retryAfter?: number;
    /** `Retry-After` as an HTTP date, so many seconds from now. */
    readonly retryAfterDate?: number;
  }
  /** Answers with a page of HTML, as proxies do. @default status 502 */
  | { readonly kind: "html"; readonly status?: number }
  /** Answers 200 with an error for a body. */
  | { readonly kind: "errorBody200"; readonly code?: string; readonly message?: string }
  | { readonly kind: "redirect"; readonly location: string; readonly status?: number }
  /** Waits before the answer; milliseconds. */
  | { readonly kind: "delay"; readonly ms: number }
  /** Breaks the connection after so many bytes of the body; without it, before any answer. */
  | { readonly kind: "reset"; readonly afterBytes?: number }
  /** Ends the body after so many bytes, as if it were whole. */
  | { readonly kind: "truncate"; readonly afterBytes?: number }
  | { readonly kind: "truncateGzip"; readonly afterBytes?: number }
  /** Sends no more after so many bytes, and keeps the connection. */
  | { readonly kind: "stall"; readonly afterBytes?: number }
  /** Sends the body in pieces of so many bytes, with so many milliseconds between them. */
  | { readonly kind: "dribble"; readonly bytes: number; readonly ms: number }
  /** Gives the usual answer another status, or more headers. */
  | {
    readonly kind: "annotate";
    readonly status?: number;
    readonly headers?: Readonly<Record<string, string>>;
  }
  | { readonly kind: "invalidJson" }
  | { readonly kind: "emptyPage" }
  /** Cuts the page to so many records; the next link leads on behind them. */
  | { readonly kind: "shortPage"; readonly records: number }
  /** The next link leads to the same page, or to the first. @default "self" */
  | { readonly kind: "loopLink"; readonly to?: "self" | "first" }
  /** The next link leads to another origin. */
  | { readonly kind: "foreignLink"; readonly origin?: string }
  | { readonly kind: "ignoreFilter" }
  | { readonly kind: "skipTokenExpire" }
  | { readonly kind: "tokenExpire" }
  /** The token endpoint refuses with this AADSTS number. */
  | { readonly kind: "tokenError"; readonly aadsts: number };

/** Which requests a fault hits: those that all of these are true of. */
export interface FaultMatch {
  /** A collection's path, the last part of it, or a service that reads it; `token` for Entra and the host's identity. */
  readonly collection?: string;
  /** A part of the path. */
  readonly path?: string;
  /** 0 is the first page of a paging. */
  readonly page?: number;
  /** Whose token the request has. */
  readonly tenantId?: string;
  /** Only where `$filter` asks for nothing newer than this: re-reads and backfills. Seconds. */
  readonly olderThanSeconds?: number;
  /** The first matching request that is hit, from now. @default 1 */
  readonly nth?: number;
  /** How many from there on. @default 1 */
  readonly times?: number | "always";
}

/** One scripted fault. */
export interface Fault {
  /** Which requests it hits. @default every request */
  readonly match?: FaultMatch;
  /** What it does to them. */
  readonly do: FaultAction;
}

/** A fault that says which requests it hits. */
export interface CheckedFault extends Fault {
  readonly match: FaultMatch;
}
