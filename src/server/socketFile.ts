/** A socket in the file system that nobody but its owner can use, at no moment. */
import { chmodSync, lstatSync, mkdtempSync, renameSync, rmdirSync, unlinkSync } from "node:fs";
import { connect } from "node:net";
import { dirname, join } from "node:path";
import { GraphtapError } from "../errors.ts";

/** Why nothing can listen there; what is in use, or comes later (an address, its name, a folder), may do at another start. */
export function cannotListen(where: string, cause: unknown): GraphtapError {
  const { code, message } = cause as NodeJS.ErrnoException;
  const mayPass = /^(EADDRINUSE|EADDRNOTAVAIL|EAI_AGAIN|ENOENT)$/.test(code ?? "");
  return new GraphtapError(
    mayPass ? "address-unavailable" : "usage",
    `Cannot listen on ${where}: ${message}`,
    {
      cause,
    },
  );
}

/**
 * Lets `listen` make a socket in a folder of its own, closes it to all but its owner, and then moves it to `path`. A
 * socket there that nobody listens on, as a kill leaves it, is replaced.
 *
 * @throws address-unavailable somebody listens there, or the folder is not there
 * @throws usage something else is there, or the folder cannot be written
 */
export async function openSocket(path: string, listen: (path: string) => Promise<void>): Promise<void> {
  try {
    await refuseOccupied(path);
    const folder = mkdtempSync(join(dirname(path), ".s-"));
    const made = join(folder, "s");
    try {
      await listen(made);
      chmodSync(made, 0o600);
      renameSync(made, path);
    } finally {
      removeSocket(made);
      rmdirSync(folder);
    }
  } catch (cause) {
    throw cause instanceof GraphtapError ? cause : cannotListen(`unix:${path}`, cause);
  }
}

/** Removes a socket, if it is there. */
export function removeSocket(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Gone already, or its folder is: nobody can reach it.
  }
}

async function refuseOccupied(path: string): Promise<void> {
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (there === undefined) return;
  if (!there.isSocket()) {
    throw new GraphtapError("usage", `Cannot listen on unix:${path}: something else than a socket is there`);
  }
  if (await isHeard(path)) {
    throw new GraphtapError("address-unavailable", `Cannot listen on unix:${path}: another process does`);
  }
}

function isHeard(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const end = (heard: boolean) => {
      socket.destroy();
      resolve(heard);
    };
    socket.once("connect", () => end(true)).once("error", () => end(false));
  });
}
