/**
 * The key by which a program shows the agent of Azure Arc that it may read the agent's files
 * (managed-identity-authentication). Whoever answers names the file, so it is read only where the agent keeps its keys:
 * else a stranger on the agent's port could have any file of this host sent to him.
 */
import { Buffer } from "node:buffer";
import { closeSync, fstatSync, lstatSync, openSync, readSync } from "node:fs";
import { posix, win32 } from "node:path";
import { GraphtapError } from "../../errors.ts";

/** A key is never longer. */
const MOST_KEY_BYTES = 4096;

/** Reads a file of a few bytes. @throws what the system says; `EFBIG` when it is longer than a key, or no plain file */
export type ReadKey = (path: string) => string;

/** The key in a small plain file. */
export const readKeyFile: ReadKey = (path) => {
  if (lstatSync(path).isSymbolicLink()) throw Object.assign(new Error("a symbolic link"), { code: "ELOOP" });
  const fd = openSync(path, "r");
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile() || stat.size > MOST_KEY_BYTES) {
      throw Object.assign(new Error("no key"), { code: "EFBIG" });
    }
    const bytes = Buffer.alloc(MOST_KEY_BYTES);
    return bytes.toString("utf8", 0, readSync(fd, bytes, 0, MOST_KEY_BYTES, 0));
  } finally {
    closeSync(fd);
  }
};

/**
 * The key that a challenge of the agent asks for.
 *
 * @param challenge the header `WWW-Authenticate`
 * @param folder where the agent keeps its keys
 * @throws token-refused the challenge names another file; secret-unreadable the file cannot be read
 */
export function keyOfChallenge(challenge: string | null, folder: string, read: ReadKey): string {
  const path = /^Basic realm="?([^"]+?)"?\s*$/i.exec(challenge ?? "")?.[1];
  if (path === undefined || !isKeyIn(path, folder)) {
    throw new GraphtapError(
      "token-refused",
      `Cannot get a token from the agent of Azure Arc: it asks for ${
        path === undefined ? "no key" : "a file that is no key of its own"
      }, expected one in "${folder}"; look for another program on its port`,
    );
  }
  try {
    // A line feed at its end would break the header.
    return read(path).trim();
  } catch (cause) {
    throw new GraphtapError(
      "secret-unreadable",
      `Cannot read the key "${path}" of Azure Arc: ${why(cause)}`,
      {
        cause,
      },
    );
  }
}

function isKeyIn(path: string, folder: string): boolean {
  const { normalize, dirname, extname } = folder.includes("\\") ? win32 : posix;
  const isSame = folder.includes("\\")
    ? dirname(normalize(path)).toLowerCase() === normalize(folder).toLowerCase()
    : dirname(normalize(path)) === normalize(folder);
  return isSame && extname(path).toLowerCase() === ".key";
}

function why(cause: unknown): string {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "it cannot be opened";
  if (code === "EACCES" || code === "EPERM") {
    return "permission denied; make the user that graphtap runs as a member of the group himds, on Windows of " +
      '"Hybrid agent extension applications"';
  }
  if (code === "EFBIG") return `it is no file of ${MOST_KEY_BYTES} bytes or less`;
  return code;
}
