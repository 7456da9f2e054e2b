import { GraphtapError } from "../errors.ts";
import { type Given, usage } from "./options.ts";
import { readWholeFile, whyUnreadable } from "../files/wholeFile.ts";

/** Long enough that nobody guesses it over the network. */
const SHORTEST_TOKEN = 16;

/**
 * The token of `--token-file`, or of `$GRAPHTAP_TOKEN`; `null` when neither is given. On the command line itself
 * every user of the machine could read it.
 *
 * @throws usage it is not a token; config-unreadable
 */
export function readToken(given: Given, env: Readonly<Record<string, string | undefined>>): string | null {
  const file = given.text("token-file");
  const text = file === undefined ? env["GRAPHTAP_TOKEN"] ?? "" : readFile(file);
  if (file === undefined && text === "") return null;
  const token = text.trim();
  if (/^[\x21-\x7e]+$/.test(token) && token.length >= SHORTEST_TOKEN) return token;
  const where = file === undefined ? "$GRAPHTAP_TOKEN" : `--token-file "${file}"`;
  throw usage(
    "serve",
    `${where} holds no token: expected at least ${SHORTEST_TOKEN} printable ASCII characters without spaces`,
  );
}

function readFile(file: string): string {
  try {
    return readWholeFile(file).toString("utf8");
  } catch (cause) {
    const why = whyUnreadable(cause);
    throw new GraphtapError("config-unreadable", `Cannot read --token-file "${file}": ${why}`, { cause });
  }
}
