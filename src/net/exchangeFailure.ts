/** Why an exchange came to nothing, by codes only: the text of an error may hold an address with its password. */

/** A failure: its code, and what it means, without a full stop; `null` when the code is not known. */
export interface ExchangeFailure {
  readonly code: string;
  readonly why: string | null;
  /** The other side's certificate does not verify. */
  readonly isTls: boolean;
}

const WHY: Readonly<Record<string, string>> = {
  ENOTFOUND: "the host name cannot be resolved",
  EAI_AGAIN: "the name server did not answer",
  ECONNREFUSED: "the connection was refused",
  ECONNRESET: "the connection was reset",
  EPIPE: "the connection was closed while sending",
  UND_ERR_SOCKET: "the other side closed the connection",
  UND_ERR_CONNECT_TIMEOUT: "no connection within 15 s",
  UND_ERR_HEADERS_TIMEOUT: "no answer within the time limit",
  UND_ERR_BODY_TIMEOUT: "the body stopped arriving",
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: "the body is shorter than announced",
  Z_BUF_ERROR: "the compressed body is cut off",
  Z_DATA_ERROR: "the compressed body is damaged",
};

/** Judges what an exchange threw. */
export function exchangeFailure(error: unknown): ExchangeFailure {
  const code = codeOf(error);
  const isTls = /^(ERR_TLS|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/.test(code);
  return { code, why: isTls ? "its TLS certificate does not verify" : WHY[code] ?? null, isTls };
}

/** The code of the innermost cause that has one. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  if ("code" in error && typeof error.code === "string") return error.code;
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  return error.cause === undefined ? error.name : codeOf(error.cause);
}
