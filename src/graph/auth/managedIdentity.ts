/**
 * Tokens of the identity that Azure gives a host: from the metadata service of a virtual machine (how-to-use-vm-token),
 * from App Service and Container Apps (overview-managed-identity) and from Azure Arc (managed-identity-authentication).
 */
import type { Clock } from "../../clock.ts";
import { asGraphtapError, GraphtapError } from "../../errors.ts";
import { parseRetryAfter } from "../../net/backoff.ts";
import { readText, type Transport } from "../transport.ts";
import { keyOfChallenge, type ReadKey } from "./arcKey.ts";
import { type HostAnswer, isPassing, readHostAnswer } from "./hostAnswer.ts";
import type { IssuedToken, TokenIssuer } from "./token.ts";

/** Where the tokens come from. */
export type IdentitySource =
  | { readonly kind: "metadata-service"; readonly url: string }
  /** @param header reveals IDENTITY_HEADER. @throws secret-unreadable */
  | { readonly kind: "app-service"; readonly url: string; readonly header: () => string }
  | { readonly kind: "arc"; readonly url: string; readonly keyFolder: string; readonly readKey: ReadKey };

export interface ManagedIdentityOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly source: IdentitySource;
  /** What the token is for, such as `https://graph.microsoft.com`. */
  readonly resource: string;
  /** The identity that a user assigned; `null` for the host's own. */
  readonly identity: { readonly by: "client_id" | "object_id" | "resource_id"; readonly id: string } | null;
}

const KINDS = {
  "metadata-service": {
    who: "the instance metadata service",
    version: "2018-02-01",
    resourceId: "msi_res_id",
  },
  "app-service": { who: "App Service", version: "2019-08-01", resourceId: "mi_res_id" },
  "arc": { who: "the agent of Azure Arc", version: "2020-06-01", resourceId: "msi_res_id" },
} as const;

/** What the page of the metadata service asks for: five tries, at about 0, 2, 6, 14 and 30 s. */
const TRIES = 5;
const FIRST_WAIT_MS = 2000;
const LONGEST_WAIT_MS = 60_000;
/** So long it may be updated (410). */
const UPDATE_MS = 70_000;
/** What answers is on this host, and asks Entra at most. */
const ANSWER_MS = 30_000;
const MAX_BODY_BYTES = 64 * 1024;

/** Asks the service that serves this host. What it gives out it keeps itself for a day. */
export function managedIdentityIssuer(options: ManagedIdentityOptions): TokenIssuer {
  return async (signal) => {
    let waitedMs = 0;
    for (let tried = 1;; tried++) {
      const answer = await ask(options, signal);
      const askedMs = (answer.retryAfterSeconds ?? 0) * 1000;
      const isUpdated = answer.status === 410 && waitedMs < UPDATE_MS;
      // A longer pause than an update's is for everybody who needs the token, and not waited for here.
      if (!isPassing(answer.status) || (tried >= TRIES && !isUpdated) || askedMs > UPDATE_MS) {
        return tokenOf(answer, options);
      }
      const waitMs = Math.max(Math.min(FIRST_WAIT_MS * 2 ** (tried - 1), LONGEST_WAIT_MS), askedMs);
      await options.clock.sleep(waitMs, signal);
      waitedMs += waitMs;
    }
  };
}

/** The token of an answer, for the identity that was asked for. */
function tokenOf(answer: HostAnswer, { source, identity }: ManagedIdentityOptions): IssuedToken {
  const { token, lifetimeSeconds, body } = readHostAnswer(answer);
  if (source.kind === "arc" && identity !== null) confirm(body, identity);
  return { token, lifetimeSeconds };
}

/** An agent of Arc that does not know such identities yet gives a token of the host's own instead. */
function confirm(
  body: Readonly<Record<string, unknown>>,
  identity: NonNullable<ManagedIdentityOptions["identity"]>,
) {
  const { by, id } = identity;
  const taken = by === "resource_id" ? body["msi_res_id"] ?? body["mi_res_id"] : body[by];
  if (typeof taken === "string" && taken.toLowerCase() === id.toLowerCase()) return;
  throw new GraphtapError(
    "token-refused",
    `Cannot get a token from the agent of Azure Arc: it did not take the identity that managed_identity.${by} names; ` +
      "update the agent, or use managed_identity: true",
  );
}

/** Asks once; Arc's agent asks back for a key first. */
async function ask(options: ManagedIdentityOptions, signal?: AbortSignal): Promise<HostAnswer> {
  const { source } = options;
  if (source.kind === "app-service") {
    const header = source.header();
    return (await send(options, { "x-identity-header": header }, [header], signal)).answer;
  }
  const first = await send(options, { metadata: "true" }, [], signal);
  if (source.kind !== "arc" || first.answer.status !== 401) return first.answer;
  const key = keyOfChallenge(first.challenge, source.keyFolder, source.readKey);
  return (await send(options, { metadata: "true", authorization: `Basic ${key}` }, [key], signal)).answer;
}

async function send(
  { transport, clock, source, resource, identity }: ManagedIdentityOptions,
  headers: Readonly<Record<string, string>>,
  secrets: readonly string[],
  signal?: AbortSignal,
): Promise<{ readonly answer: HostAnswer; readonly challenge: string | null }> {
  const { who, version, resourceId } = KINDS[source.kind];
  const url = new URL(source.url);
  url.searchParams.set("api-version", version);
  url.searchParams.set("resource", resource);
  if (identity !== null) {
    url.searchParams.set(identity.by === "resource_id" ? resourceId : identity.by, identity.id);
  }
  try {
    const response = await transport({
      method: "GET",
      url: url.href,
      headers: { accept: "application/json", ...headers },
      // A proxy would ask its own host, and gets the header or the key that nobody else may have.
      isStraight: true,
      headersTimeoutMs: ANSWER_MS,
      ...(signal === undefined ? {} : { signal }),
    });
    const answer = {
      who,
      status: response.status,
      text: await readText(response, MAX_BODY_BYTES),
      retryAfterSeconds: parseRetryAfter(response.header("retry-after"), clock.now()),
      choice: identity?.by ?? null,
      secrets,
      nowMs: clock.now(),
    };
    return { answer, challenge: response.header("www-authenticate") };
  } catch (cause) {
    throw unreachable(who, cause, signal);
  }
}

/** No answer at all is asked for again by whoever needs the token, at longer and longer intervals. */
function unreachable(who: string, cause: unknown, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted) return signal.reason;
  const error = asGraphtapError(cause);
  if (error.kind.recovery === "exit") return error;
  return new GraphtapError(
    "token-unavailable",
    `Cannot get a token from ${who}: ${error.message}; a managed identity is there on hosts of Azure only`,
    { cause },
  );
}
