import { Buffer } from "node:buffer";
import { GraphtapError } from "../../errors.ts";
import type { Transport } from "../transport.ts";
import { ASSERTION_TYPE } from "./assertionType.ts";
import type { FileBytes } from "./certificate/certificate.ts";
import type { ClientAuth } from "./clientAuth.ts";
import { type Command, firstLineOf } from "./command.ts";
import { exchange } from "./exchange.ts";

/** Where another's token comes from: a file that its owner renews, a program that prints it, or GitHub. */
export type FederatedSource = FileBytes | Command | GithubOidc;

/** What GitHub tells a job that may ask for a token. */
export interface GithubOidc {
  readonly requestUrl: { reveal(): string };
  readonly requestToken: { reveal(): string };
}

export interface FederatedTokenOptions {
  readonly source: FederatedSource;
  readonly transport: Transport;
  /** Origin of Entra's login service, by which its cloud is known. */
  readonly authority: string;
}

const KEY = "federated_token";

/** Proof by a token of somebody whom the application trusts (workload-identity-federation), fetched anew for each token. */
export function federatedToken({ source, transport, authority }: FederatedTokenOptions): ClientAuth {
  return async (_, signal) => {
    const token = "read" in source
      ? tokenIn(source)
      : "command" in source
      ? await firstLineOf(source, KEY, signal)
      : await githubToken(source, audienceIn(authority), transport, signal);
    if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) {
      throw new GraphtapError(
        "secret-unreadable",
        `Cannot use ${KEY}: ${placeOf(source)} is no JSON Web Token`,
      );
    }
    return {
      parameters: { client_assertion_type: ASSERTION_TYPE, client_assertion: token },
      configKey: KEY,
      madeOf: token,
    };
  };
}

function placeOf(source: FederatedSource): string {
  if ("read" in source) return `what "${source.path}" holds`;
  return "command" in source ? `what "${source.command[0]}" prints` : "what GitHub answered";
}

function tokenIn(file: FileBytes): string {
  return Buffer.from(file.read()).toString("utf8").replace(/^\uFEFF/, "").trim();
}

/** What Entra expects as the audience, cloud by cloud (workload-identity-federation-create-trust). */
function audienceIn(authority: string): string {
  if (/\.us$/.test(authority)) return "api://AzureADTokenExchangeUSGov";
  return /\.cn$/.test(authority) ? "api://AzureADTokenExchangeChina" : "api://AzureADTokenExchange";
}

/** GitHub's own request (about-security-hardening-with-openid-connect). */
async function githubToken(
  { requestUrl, requestToken }: GithubOidc,
  audience: string,
  transport: Transport,
  signal: AbortSignal | undefined,
): Promise<string> {
  const written = requestUrl.reveal();
  if (!URL.canParse(written)) {
    throw new GraphtapError(
      "secret-unreadable",
      `Cannot get ${KEY} from GitHub: its variable holds no address`,
    );
  }
  const url = new URL(written);
  url.searchParams.set("audience", audience);
  const { response: { status }, text } = await exchange(transport, {
    method: "GET",
    url: url.href,
    signal,
    headers: { accept: "application/json", authorization: `Bearer ${requestToken.reveal()}` },
  });
  const token = status === 200 ? valueIn(text) : null;
  if (token !== null) return token;
  const isPassing = status === 408 || status === 429 || status >= 500;
  throw new GraphtapError(
    isPassing ? "token-unavailable" : "secret-unreadable",
    `Cannot get ${KEY} from GitHub (${url.host}): it answered ${status}` +
      `${
        isPassing
          ? "; it is asked again"
          : " without a token; check that the job has the permission id-token: write"
      }`,
  );
}

function valueIn(text: string): string | null {
  try {
    const { value } = JSON.parse(text) as { readonly value?: unknown };
    return typeof value === "string" ? value : null;
  } catch {
    return null;
  }
}
