/** Where `graphtap serve` listens, and the token that its clients must send. */
import { randomBytes } from "node:crypto";
import { join, resolve } from "node:path";
import { GraphtapError } from "../errors.ts";
import { replaceFile } from "../files/durable.ts";
import { isMissing, readWholeFile, whyUnreadable } from "../files/wholeFile.ts";
import type { ListenAddress } from "../server/listen.ts";
import { type Given, usage } from "./options.ts";

const DEFAULT_LISTEN = "127.0.0.1:9464";
/** Long enough that nobody guesses it over the network. */
const SHORTEST_TOKEN = 16;

/**
 * Reads `HOST:PORT`, `[::1]:9464` for IPv6, or `unix:PATH`.
 *
 * @param text @default "127.0.0.1:9464"
 * @throws usage
 */
export function parseListenAddress(text: string = DEFAULT_LISTEN): ListenAddress {
  if (text.startsWith("unix:") && text.length > "unix:".length) {
    return { path: resolve(text.slice("unix:".length)) };
  }
  const [, bracketed, plain, digits = ""] = /^(?:\[([0-9a-fA-F:.]+)\]|([^:\s/]+)):(\d{1,5})$/.exec(text) ??
    [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  if (host === undefined || port > 65_535) {
    throw new GraphtapError(
      "usage",
      `--listen is ${
        JSON.stringify(text)
      }, expected HOST:PORT, such as ${DEFAULT_LISTEN} or [::1]:9464, or unix:PATH`,
    );
  }
  return { host, port, loopback: isLoopback(host) };
}

function isLoopback(host: string): boolean {
  return host.toLowerCase() === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}

/** In the state folder: the token of a server to which none was given. */
const TOKEN_FILE = "serve.token";

/** A token that nobody has had before. */
export function newToken(): string {
  return randomBytes(32).toString("base64url");
}

/** Keeps a token in the state folder, for who may read that; the file's path. @throws state-unusable */
export function keepToken(token: string, stateDir: string): string {
  const file = join(stateDir, TOKEN_FILE);
  replaceFile(file, `${token}\n`);
  return file;
}

/**
 * The token of `--token-file`, or of `$GRAPHTAP_TOKEN`; `null` when neither is given. On the command line itself
 * every user of the machine could read it.
 *
 * @throws usage it is not a token; secret-missing, secret-unreadable
 */
export function readToken(given: Given, env: Readonly<Record<string, string | undefined>>): string | null {
  const file = given.text("token-file");
  const text = file === undefined ? env["GRAPHTAP_TOKEN"] ?? "" : readFile(file);
  if (file === undefined && text === "") return null;
  const token = text.trim();
  if (/^[\x21-\x7e]+$/.test(token) && token.length >= SHORTEST_TOKEN) return token;
  const where = file === undefined ? "$GRAPHTAP_TOKEN" : `--token-file "${file}"`;
  throw usage(
    given.command,
    `${where} holds no token: expected at least ${SHORTEST_TOKEN} printable ASCII characters without spaces`,
  );
}

function readFile(file: string): string {
  try {
    return readWholeFile(file).toString("utf8");
  } catch (cause) {
    const why = whyUnreadable(cause);
    const code = isMissing(cause) ? "secret-missing" : "secret-unreadable";
    throw new GraphtapError(code, `Cannot read --token-file "${file}": ${why}`, { cause });
  }
}
