/** Tokens of whoever signed in on this machine by `az login` (az account get-access-token). */
import type { Clock } from "../../clock.ts";
import { GraphtapError } from "../../errors.ts";
import { sentenceOf } from "../../net/sentence.ts";
import { aadstsAdvice } from "./aadsts.ts";
import { jsonObject } from "./jsonObject.ts";
import { type Output, outputOf, whyNotRun } from "./program.ts";
import type { IssuedToken, TokenIssuer } from "./token.ts";
import { readClaims } from "./tokenClaims.ts";

/** It is a large program, and asks Entra when it has no token at hand. */
const TIMEOUT_MS = 30_000;

/** Of a token whose end nobody tells. */
const UNKNOWN_MS = 300_000;

/** Runs a program, for tests to stand in. */
export type RunProgram = (
  program: string,
  words: readonly string[],
  signal: AbortSignal | undefined,
  timeoutMs: number,
) => Promise<Output>;

export interface AzureCliOptions {
  readonly clock: Clock;
  readonly tenantId: string;
  /** What the token is for, such as `https://graph.microsoft.com`. */
  readonly resource: string;
  /** @default starts it */
  readonly run?: RunProgram;
}

/** Asks the Azure CLI. It keeps tokens itself, and renews them. */
export function azureCliIssuer({ clock, tenantId, resource, run = outputOf }: AzureCliOptions): TokenIssuer {
  const words = [
    "account",
    "get-access-token",
    "--resource",
    resource,
    "--tenant",
    tenantId,
    "--output",
    "json",
  ];
  return async (signal) => {
    signal?.throwIfAborted();
    const output = await run("az", words, signal, TIMEOUT_MS);
    signal?.throwIfAborted();
    const token = output.end === 0 ? tokenIn(output.printed, clock.now()) : null;
    if (token !== null) return token;
    throw failure(output, tenantId);
  };
}

function tokenIn(printed: string, nowMs: number): IssuedToken | null {
  const { accessToken: token, expires_on: ends } = jsonObject(printed);
  if (typeof token !== "string" || token === "") return null;
  // Before 2.54 it told the end in the time of its own clock's zone only; the token knows better.
  const endsAt = typeof ends === "number" ? ends * 1000 : readClaims(token)?.endsAt ?? nowMs + UNKNOWN_MS;
  return { token, lifetimeSeconds: Math.max(0, (endsAt - nowMs) / 1000) };
}

function failure({ end, complained }: Output, tenantId: string): GraphtapError {
  const told = (
    code: "secret-unreadable" | "token-refused" | "token-unavailable",
    what: string,
    cause?: unknown,
  ) => new GraphtapError(code, `Cannot get a token from the Azure CLI: ${what}`, { cause });
  if (end instanceof Error) {
    return told(
      "secret-unreadable",
      `"az": ${whyNotRun(end, "az")}; install the Azure CLI, and check the PATH`,
      end,
    );
  }
  if (end === "timeout") return told("token-unavailable", `it did not end within ${TIMEOUT_MS / 1000} s`);
  if (end === 0) {
    return told("token-unavailable", "it printed no token; run it by hand to see what it prints");
  }
  const codes = [...complained.matchAll(/AADSTS(\d{4,8})\b/g)].map(([, digits]) => Number(digits));
  const isSignedOut = /\baz login\b|\baz account set\b/.test(complained);
  const advice = aadstsAdvice(codes, "") ??
    (isSignedOut || codes.length > 0
      ? `sign in again: az login --tenant ${tenantId}`
      : "run az account get-access-token by hand to see what it says");
  const sentence = sentenceOf(complained.replace(/^\s*ERROR:\s*(AADSTS\d+:\s*)?/, ""));
  const said = sentence === null ? "" : `; it says: "${sentence}"`;
  const named = codes[0] === undefined ? "" : `, AADSTS${codes[0]}`;
  return told("token-refused", `it ended with ${end}${named}; ${advice}${said}`);
}
