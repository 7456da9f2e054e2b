import { GraphtapError } from "../errors.ts";
import { failureCode, remedyFor } from "../files/failure.ts";

/** What is said of the file of a sink only. */
const REMEDIES: Readonly<Record<string, string>> = {
  EFBIG: "the file is as large as it may be: rotate it earlier with --rotate-bytes",
  ELOOP: "it is a symbolic link: name the file itself",
  EISDIR: "it is a folder: name a file",
  NotCapable: "Deno was not allowed to: grant --allow-read and --allow-write for its folder",
};
const FULL: readonly string[] = ["ENOSPC", "EDQUOT", "EFBIG"];

/** Whether there is no room for what was to be written. */
export function isFull(error: unknown): boolean {
  return FULL.includes(failureCode(error));
}

/** `error`, met while doing `action` to `path`, as the failure of a sink; a full disk has a code of its own. */
export function sinkFailure(action: string, path: string, error: unknown): GraphtapError {
  if (error instanceof GraphtapError && (error.kind.keepsAccepted || error.kind.isHeldByOther)) return error;
  // The file functions of `state/` name their own remedies; what counts is what broke underneath.
  const cause = error instanceof GraphtapError && error.cause !== undefined ? error.cause : error;
  const code = failureCode(cause);
  const remedy = REMEDIES[code] ?? remedyFor(code, path) ?? "check the volume";
  return new GraphtapError(
    isFull(cause) ? "sink-full" : "sink-unusable",
    `Cannot ${action} "${path}": ${code}; ${remedy}`,
    { cause },
  );
}

/** Runs `work`, which does `action` to `path`. @throws sink-full, sink-unusable */
export function attemptSink<T>(action: string, path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw sinkFailure(action, path, error);
  }
}
