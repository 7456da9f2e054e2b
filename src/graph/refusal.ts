import type { Instant } from "../instant.ts";
import { keptSince } from "./keptSince.ts";
import { type HttpResponse, readText } from "./transport.ts";

const MAX_ERROR_BODY_BYTES = 64 * 1024;

/** What a body is: an error as Graph writes it, a page of HTML, something else, or nothing. */
export type RefusalForm = "json" | "html" | "other" | "empty";

/** An answer of Graph, or of somebody on the way there, other than a page. */
export interface Refusal {
  readonly status: number;
  readonly form: RefusalForm;
  /** `error.code` of the body, "" when there is none. */
  readonly code: string;
  /** `error.message` as it came, "" when there is none: for advice; only `sentenceOf` it may be shown. */
  readonly message: string;
  /** The oldest time that may be asked for, where the message names it. */
  readonly keptSince: Instant | null;
  readonly requestId: string | null;
  readonly retryAfter: string | null;
  /** `WWW-Authenticate`: what a token is to have. */
  readonly challenge: string | null;
  /** Where it leads, without path and parameters; `null` when nowhere. */
  readonly leadsTo: string | null;
  /** What the program that answered calls itself. */
  readonly server: string | null;
}

/** Reads an answer that is no page. */
export async function readRefusal(response: HttpResponse): Promise<Refusal> {
  const text = await readText(response, MAX_ERROR_BODY_BYTES).catch(() => "");
  const error = errorOf(text);
  const message = textOf(error?.message);
  return {
    status: response.status,
    form: error !== null ? "json" : formOf(text, response.header("content-type")),
    code: textOf(error?.code),
    message,
    keptSince: keptSince(message),
    requestId: response.header("request-id"),
    retryAfter: response.header("retry-after"),
    challenge: response.header("www-authenticate"),
    leadsTo: originOf(response.header("location")),
    server: response.header("server"),
  };
}

interface ErrorBody {
  readonly code?: unknown;
  readonly message?: unknown;
}

/** The error in a body as Graph writes it, as empty as it may be; `null` when it is no such body. */
function errorOf(text: string): ErrorBody | null {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body !== "object" || body === null || !("error" in body)) return null;
    return typeof body.error === "object" && body.error !== null ? body.error : {};
  } catch {
    return null;
  }
}

/** What a body is that is not JSON. */
export function formOf(text: string, contentType: string | null): Exclude<RefusalForm, "json"> {
  if (text.trim() === "") return "empty";
  return isHtml(contentType) || /^\s*</.test(text) ? "html" : "other";
}

/** Whether a content type says that a body is a page for people. */
export function isHtml(contentType: string | null): boolean {
  return /\bx?html\b/i.test(contentType ?? "");
}

function originOf(location: string | null): string | null {
  return location !== null && URL.canParse(location) ? new URL(location).origin : null;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
