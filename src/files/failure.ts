/**
 * What an operator is told of a failure of the file system. Files here are the state's before all else, so a failure
 * is `state-unusable` and its remedy another state folder. Who keeps other files takes the cause out of the error and
 * finds words of its own, as the sinks do (`sink/sinkFailure.ts`).
 */
import { GraphtapError } from "../errors.ts";

/** What an operator can do about each failure of a file system. */
const REMEDIES: Readonly<Record<string, string>> = {
  ENOSPC: "the volume is full: free space there, then start again (nothing was lost)",
  EDQUOT: "the quota is used up: free space there, then start again (nothing was lost)",
  EACCES: "make it readable and writable for the user graphtap runs as",
  EPERM: "make it readable and writable for the user graphtap runs as",
  EROFS: "the file system is read-only: mount it writable, or choose another folder with --state",
  EIO: "the disk reports an error: check it, or choose another folder with --state",
  ELOOP:
    "it is a symbolic link, and a state folder holds plain files and folders only: put the real one in its place",
  ENOTDIR: "a folder was expected there: move the file away, or choose another folder with --state",
  EISDIR: "a file was expected there: move the folder away",
  EMFILE: "too many open files: raise the limit (ulimit -n)",
  ENFILE: "too many open files on this host",
  ENAMETOOLONG: "the path is too long: choose a shorter folder with --state",
  NotCapable:
    "Deno was not allowed to: grant --allow-read and --allow-write for the state folder, and make it beforehand",
};

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
  const remedy = REMEDIES[code] ?? "check the volume, or choose another folder with --state";
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
