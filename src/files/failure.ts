/**
 * What an operator is told of a failure of the file system. Files here are the state's before all else, so a failure
 * is `state-unusable` and its remedy another state folder. Who keeps other files takes the cause out of the error and
 * finds words of its own, as the sinks do (`sink/sinkFailure.ts`).
 */
import { GraphtapError } from "../errors.ts";
import { whyNoRoom } from "./room.ts";

/** What an operator can do about a failure of a file system, whatever the file is for. */
const REMEDIES: Readonly<Record<string, string>> = {
  EDQUOT: "the quota is used up: free space there, then start again (nothing was lost)",
  EACCES: "make it readable and writable for the user graphtap runs as",
  EPERM: "make it readable and writable for the user graphtap runs as",
  EROFS: "the file system is read-only: mount it writable",
  EIO: "the disk reports an error: look into the system's log, and check it",
  ESTALE: "the network file system has lost it: mount that again",
  ENOTCONN: "what serves this file system is gone: mount it again",
  ETIMEDOUT: "what serves this file system does not answer",
  ENODEV: "the device is gone",
  ENXIO: "the device is gone",
  ENOENT: "a folder of its path is missing: somebody took it away, perhaps",
  ENOTDIR: "a part of its path is not a folder",
  EMFILE: "too many open files: raise the limit (ulimit -n)",
  ENFILE: "too many open files on this host",
  ENAMETOOLONG: "the path is too long",
};

/** What follows where another folder may be the way out. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  EROFS: ", or choose another folder with --state",
  EIO: ", or choose another folder with --state",
  ENOTDIR: ": move the file away, or choose another folder with --state",
  ENAMETOOLONG: ": choose a shorter folder with --state",
};

/** What is said of the state folder only. */
const OF_STATE: Readonly<Record<string, string>> = {
  ELOOP:
    "it is a symbolic link, and a state folder holds plain files and folders only: put the real one in its place",
  EISDIR: "a file was expected there: move the folder away",
  NotCapable:
    "Deno was not allowed to: grant --allow-read and --allow-write for the state folder, and make it beforehand",
};

/** What to do about the failure `code`, met at `path`; `null` when nothing is known of it. */
export function remedyFor(code: string, path: string): string | null {
  return code === "ENOSPC" ? whyNoRoom(path) : REMEDIES[code] ?? null;
}

/** The system's name for a failure, such as `ENOSPC`; the error's own name when it has none. */
export function failureCode(error: unknown): string {
  if (typeof error !== "object" || error === null) return "unknown";
  if ("code" in error && typeof error.code === "string") return error.code;
  return "name" in error && typeof error.name === "string" ? error.name : "unknown";
}

/** `cause`, met while doing `action` to `path`, as the error that ends the program. */
export function stateFailure(action: string, path: string, cause: unknown): GraphtapError {
  if (cause instanceof GraphtapError) return cause;
  const code = failureCode(cause);
  const known = remedyFor(code, path);
  const remedy = OF_STATE[code] ??
    (known === null
      ? "check the volume, or choose another folder with --state"
      : known + (ELSEWHERE[code] ?? ""));
  return new GraphtapError("state-unusable", `Cannot ${action} "${path}": ${code}; ${remedy}`, { cause });
}

/**
 * Runs `work`, which does `action` to `path`.
 *
 * @throws `state-unusable` naming the path, the system's code and a remedy, when `work` fails.
 */
export function attempt<T>(action: string, path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw stateFailure(action, path, error);
  }
}
