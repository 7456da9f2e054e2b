/** Asks a running `graphtap serve` how it is doing. */
import { request as requestPlain } from "node:http";
import { request as requestTls } from "node:https";
import { resolve } from "node:path";
import { isLoopback } from "../config/endpoint.ts";
import { GraphtapError } from "../errors.ts";
import { readWholeStream } from "../files/wholeFile.ts";
import { exchangeFailure } from "../net/exchangeFailure.ts";
import { type Status, statusSchema } from "../server/status/schema.ts";
import { version } from "../wiring/version.ts";
import { usage } from "./options.ts";

/** Where `serve` listens unless told otherwise. */
const DEFAULT_ADDRESS = "http://127.0.0.1:9464";
const PATH = "/v1/status";
/** Without a byte. */
const TIMEOUT_MS = 10_000;

/** The address of a server. */
export interface StatusAddress {
  /** As messages show it. */
  readonly name: string;
  readonly url: URL;
  /** A socket's path, where it is none of the network. */
  readonly socketPath?: string;
}

/** `http://HOST:PORT`, `https://HOST`, `HOST:PORT` or `unix:PATH`. @param token what is to be sent there @throws usage */
export function parseStatusAddress(text: string = DEFAULT_ADDRESS, token: string | null): StatusAddress {
  if (text.startsWith("unix:") && text.length > "unix:".length) {
    const socketPath = resolve(text.slice("unix:".length));
    return { name: `unix:${socketPath}`, url: new URL(`http://localhost${PATH}`), socketPath };
  }
  const full = /^https?:\/\//i.test(text) ? text : `http://${text}`;
  // "9464" alone would be the address 0.0.36.248, "ftp://host" a machine called ftp, and "unix:" one called unix.
  const isOther = /^(\d+|unix:)$/.test(text) || /^https?:\/\/[^/]*:\/\//i.test(full);
  const url = URL.canParse(full) && !isOther ? new URL(full) : null;
  if (url === null || url.username !== "" || url.password !== "") {
    throw usage("top", "expected http://HOST:PORT, https://HOST or unix:PATH, without user and password");
  }
  if (token !== null && url.protocol === "http:" && !isLoopback(url.hostname)) {
    throw usage(
      "top",
      `the token would go to "${url.host}" by plain http, expected https, or http to this host only`,
    );
  }
  return { name: url.origin, url: new URL(PATH, url) };
}

/**
 * What the server says of itself.
 *
 * @throws address-unavailable it cannot be reached, or has no answer; usage it wants a token, or is no such server
 */
export async function readStatus(
  address: StatusAddress,
  token: string | null,
  signal: AbortSignal,
): Promise<Status> {
  const { code, body } = await exchange(address, token, signal).catch((thrown) => {
    if (signal.aborted) throw signal.reason;
    const { code, why } = exchangeFailure(thrown);
    throw unavailable(address, why === null ? `the exchange failed (${code})` : `${why} (${code})`);
  });
  if (code === 401) {
    throw usage("top", `${address.name} asks for its token: give --token-file FILE or $GRAPHTAP_TOKEN`);
  }
  if (code >= 500) throw unavailable(address, `it answered ${code}`);
  const status = code === 200 ? statusIn(body) : null;
  if (status !== null) return status;
  throw usage("top", `${address.name} answers nothing that graphtap serve ${version} would (status ${code})`);
}

function unavailable({ name }: StatusAddress, why: string): GraphtapError {
  return new GraphtapError("address-unavailable", `Cannot read the status of ${name}: ${why}`);
}

function exchange(
  { url, socketPath }: StatusAddress,
  token: string | null,
  signal: AbortSignal,
): Promise<{ readonly code: number; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const request = url.protocol === "https:" ? requestTls : requestPlain;
    const asked = request(url, {
      ...(socketPath !== undefined && { socketPath }),
      headers: { accept: "application/json", ...(token !== null && { authorization: `Bearer ${token}` }) },
      signal,
      timeout: TIMEOUT_MS,
    }, (response) => {
      readWholeStream(response).then(
        (bytes) => resolve({ code: response.statusCode ?? 0, body: bytes.toString("utf8") }),
        reject,
      );
    });
    asked.on("timeout", () => asked.destroy(Object.assign(new Error("timeout"), { code: "ETIMEDOUT" })));
    asked.on("error", reject);
    asked.end();
  });
}

/** The status in an answer; one with members that are new is one, too. */
function statusIn(body: string): Status | null {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return null;
  }
  const issues = statusSchema.safeParse(value).error?.issues ?? [];
  return issues.every(({ code }) => code === "unrecognized_keys") ? value as Status : null;
}
