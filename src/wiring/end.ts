/** How a command that delivers comes to its end, and the one line that says why. */
import { asGraphtapError, codesOf, type ExitCode, GraphtapError } from "../errors.ts";
import type { Log } from "../telemetry/log.ts";
import { type Missing, missingFields, missingInWords } from "./missing.ts";
import type { StopCause } from "./runtime.ts";

/** How the work of a command ended by itself. */
export interface Done {
  readonly reason: string;
  readonly exitCode: ExitCode;
  /** What is missing at the end. It is said, and changes no exit code: gaps are tried again, and nothing mends the rest. */
  readonly missing?: Missing;
}

const STOPS: Readonly<Record<StopCause, string>> = {
  "SIGTERM": "stopped by SIGTERM",
  "SIGINT": "stopped by SIGINT",
  "SIGQUIT": "stopped by SIGQUIT",
  "SIGHUP": "stopped by SIGHUP",
  "parent-gone": "stopped because the process that started this one is gone",
};

/** The reason of a stop from outside. */
export function stoppedBy(cause: StopCause): GraphtapError {
  return new GraphtapError("stopped", STOPS[cause]);
}

/**
 * Lets `work` come to its end, closes what it worked with, and logs in one line why it ended: by itself, because it
 * was told to, or by a failure, which is then told and not thrown.
 *
 * There is no time limit for all of it: after a stop a sink gives up in time (`sink/writeQueue.ts`), the server cuts
 * its connections, and everything else ends with the stop's signal.
 */
export async function runToEnd(
  { log, close }: { readonly log: Log; close(): Promise<void> },
  work: Promise<Done>,
): Promise<ExitCode> {
  let end = await work.catch(asGraphtapError);
  try {
    await close();
  } catch (thrown) {
    // Of two failures the first is the reason.
    if (!isFailure(end)) end = asGraphtapError(thrown);
  }
  const { exitCode } = end instanceof GraphtapError ? end.kind : end;
  if (end instanceof GraphtapError) logFailure(log, end);
  else logDone(log, end);
  return exitCode;
}

function logFailure(log: Log, end: GraphtapError): void {
  const text = `ended: ${end.message}`;
  const { exitCode } = end.kind;
  if (isFailure(end)) log.error(text, { ...codesOf(end), exit_code: exitCode, stack: stackOf(end) });
  else log.info(text, { exit_code: exitCode });
}

function logDone(log: Log, { reason, exitCode, missing }: Done): void {
  const words = missing === undefined ? "" : missingInWords(missing);
  const figures = missing === undefined ? {} : missingFields(missing);
  const text = `ended: ${reason}${words === "" ? "" : `, with ${words}`}`;
  // What failed was logged when it did.
  log[exitCode === 0 && words === "" ? "info" : "warn"](text, { ...figures, exit_code: exitCode });
}

function isFailure(end: Done | GraphtapError): end is GraphtapError {
  return end instanceof GraphtapError && end.kind.isFault;
}

/** Where a bug was met; of other failures the message says all. */
function stackOf({ kind, cause }: GraphtapError): string | undefined {
  return kind.exitCode === 70 && cause instanceof Error ? cause.stack : undefined;
}

/** The end of finished polls. @param missing what is missing after them */
export function endOfPolls(errors: readonly (unknown | null)[], missing?: Missing): Done {
  const failed = errors.filter((error) => error !== null).length;
  return {
    reason: failed === 0 ? "done" : `${failed} of ${errors.length} streams failed`,
    exitCode: exitCodeOf(errors),
    ...(missing === undefined ? {} : { missing }),
  };
}

/** The exit code of finished polls: the failure's own when nothing succeeded, 1 when others did. */
function exitCodeOf(errors: readonly (unknown | null)[]): ExitCode {
  const failures = errors.filter((error) => error !== null).map((error) =>
    asGraphtapError(error).kind.exitCode
  );
  if (failures.length === 0) return 0;
  const same = failures.every((code) => code === failures[0]);
  return failures.length === errors.length && same ? failures[0]! : 1;
}
