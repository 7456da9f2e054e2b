/** What a service on this host answers that gives an identity's tokens: the token, or why there is none. */
import { GraphtapError } from "../../errors.ts";
import { sentenceOf } from "../../net/sentence.ts";
import { aadstsAdvice, aadstsCodes } from "./aadsts.ts";
import { jsonObject } from "./jsonObject.ts";
import type { IssuedToken } from "./token.ts";

/** An answer. */
export interface HostAnswer {
  /** Who answered, in words: "the instance metadata service". */
  readonly who: string;
  readonly status: number;
  readonly text: string;
  /** Seconds that it asks to wait. */
  readonly retryAfterSeconds: number | undefined;
  /** The choice of the configuration, such as `client_id`; `null` for none. */
  readonly choice: string | null;
  /** What is never shown, whoever repeats it. */
  readonly secrets: readonly string[];
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
}

type Body = Readonly<Record<string, unknown>>;

/** A token of which only its end is known, on a host whose clock is ahead. */
const SHORTEST_SECONDS = 60;

/** Whether the service, or Entra behind it, may answer otherwise when it is asked again (how-to-use-vm-token). */
export function isPassing(status: number): boolean {
  return status === 404 || status === 410 || status === 429 || status === 408 || status >= 500;
}

/**
 * Reads an answer.
 *
 * @throws token-refused the identity gets none; token-unavailable the service cannot answer now
 */
export function readHostAnswer(answer: HostAnswer): IssuedToken & { readonly body: Body } {
  const body = jsonObject(answer.text);
  const token = answer.status === 200 ? issued(body, answer.nowMs) : null;
  if (token !== null) return { ...token, body };
  throw refused(answer, body);
}

function issued(body: Body, nowMs: number): IssuedToken | null {
  const { access_token: token, expires_in: lasts, expires_on: ends } = body;
  if (typeof token !== "string" || token === "") return null;
  const [seconds, endsAt] = [lasts, ends].map((value) => Number.parseFloat(String(value)));
  // What lasts so long since it was issued may have been issued long ago.
  const left = endsAt! - nowMs / 1000;
  const lifetimeSeconds = Number.isFinite(seconds)
    ? left > 0 ? Math.min(seconds!, left) : seconds!
    : Number.isFinite(left)
    ? Math.max(left, SHORTEST_SECONDS)
    : SHORTEST_SECONDS;
  return { token, lifetimeSeconds };
}

function refused(answer: HostAnswer, body: Body): GraphtapError {
  const { who, status, choice, secrets, retryAfterSeconds } = answer;
  // App Service has other names for the same.
  const { error, error_description: description = body["message"] } = body;
  const passing = isPassing(status);
  const text = typeof description === "string" ? description : "";
  const advice = aadstsAdvice(aadstsCodes({ error_description: text }), "") ??
    (passing
      ? "it is asked again"
      : status === 200
      ? "look for another program at its address"
      : status === 401 || status === 403
      ? "start graphtap again where Azure sets the variables for it: IDENTITY_ENDPOINT and IDENTITY_HEADER"
      : choice === null
      ? "assign a managed identity to this host; where it has several, name one: managed_identity: {client_id: ID}"
      : `check that the identity which managed_identity.${choice} names is assigned to this host`);
  const sentence = sentenceOf(text.replace(/^\s*AADSTS\d+:\s*/, ""), secrets);
  const code = typeof error === "string" && /^[\w.-]{1,60}$/.test(error) ? ` "${error}"` : "";
  const what = status === 200 ? "its answer is not a token" : `it answered ${status}${code}`;
  return new GraphtapError(
    passing ? "token-unavailable" : "token-refused",
    `Cannot get a token from ${who}: ${what}; ${advice}${
      sentence === null ? "" : `; it says: "${sentence}"`
    }`,
    { retryAfterSeconds },
  );
}
