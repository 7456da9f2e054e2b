/** The lock of a folder where the system locks no files: a claim (`claim.ts`), kept for as long as the process lives. */
import { GraphtapError } from "../errors.ts";
import { findClaim, lastRenewal, type OtherClaim, putClaim, renewClaim } from "./claim.ts";
import { removeFile } from "./durable.ts";
import type { Host } from "./host.ts";
import { inUse, readPid } from "./lockHolder.ts";

/** How a claim is kept, and others are looked at. */
export interface ClaimOptions {
  /** This process, to be named to whoever finds the folder in use. */
  readonly pid: number;
  /** How often a claim is written again, in milliseconds. @default 10_000 */
  readonly beatMs?: number;
  /**
   * Whether a claim was written again, where its process cannot be looked into: for who comes back and looks again.
   *
   * @default looks until that is known, 25 s at most, and lets nothing else run
   */
  readonly seesLife?: (claim: string) => boolean;
  /** Told, in one line, of a start that has to wait. */
  readonly report?: (note: string) => void;
  /** Told when another process took the folder, since this one stood still for long: it must not write any more. */
  readonly onLost?: (failure: GraphtapError) => void;
}

/** How often a claim is written again; milliseconds. */
export const BEAT_MS = 10_000;
/** A claim that was not written again for so many beats was left behind. */
const BEATS_OF_SILENCE = 2.5;

/**
 * Puts a claim on the folder `dir`, whose file `lockPath` the system does not lock.
 *
 * @returns what takes it back
 * @throws `state-in-use`
 */
export function lockByClaim(dir: string, lockPath: string, host: Host, options: ClaimOptions): () => void {
  const own = putClaim(dir, options.pid, host);
  const claim = findLiveClaim(dir, host, options, own);
  // A process that did find flock names itself in the file it locks.
  const locker = readPid(lockPath);
  if (claim === null && (locker === null || host.startOf(locker) === null)) {
    const stop = keepClaim(dir, own, options);
    return () => {
      stop();
      removeFile(own);
    };
  }
  removeFile(own);
  throw claim === null ? inUse(dir, locker, lockPath, host) : inUse(dir, claim.pid, claim.path, host);
}

/** As {@linkcode findClaim}, but watches a claim for a while whose process cannot be looked into. */
export function findLiveClaim(
  dir: string,
  host: Host,
  options: ClaimOptions,
  own?: string,
): OtherClaim | null {
  for (;;) {
    const claim = findClaim(dir, () => host, own);
    if (claim === null || !claim.isWatched) return claim;
    const { seesLife = (path: string) => isRenewed(path, options, own) } = options;
    if (seesLife(claim.path)) return claim;
    removeFile(claim.path);
  }
}

/** Watches a claim until it is written again, or long enough to know that it will not be. */
function isRenewed(
  path: string,
  { beatMs = BEAT_MS, report }: ClaimOptions,
  own: string | undefined,
): boolean {
  const patienceMs = beatMs * BEATS_OF_SILENCE;
  report?.(
    `"${path}" was left by a process of another container or host: looking for ${
      patienceMs / 1000
    } s whether it lives`,
  );
  const before = lastRenewal(path);
  const lookMs = beatMs / 20;
  for (let waitedMs = 0; waitedMs < patienceMs; waitedMs += lookMs) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, lookMs);
    // Two that wait for each other must not take each other for dead.
    if (own !== undefined) renewClaim(own);
    const now = lastRenewal(path);
    if (now !== before) return now !== null;
  }
  return false;
}

/** Tells whether claims are written again from one look to the next, which are `everyMs` milliseconds apart. */
export function watchClaims(everyMs: number, beatMs: number = BEAT_MS): (claim: string) => boolean {
  const known = new Map<string, { renewal: number | null; looks: number }>();
  return (claim) => {
    const renewal = lastRenewal(claim);
    const before = known.get(claim);
    const looks = before?.renewal === renewal ? before.looks + 1 : 0;
    known.set(claim, { renewal, looks });
    // Looks are counted, not time: while this process stands still itself, nobody looks.
    return looks * everyMs < beatMs * BEATS_OF_SILENCE;
  };
}

/** Writes the claim again for as long as the process lives; what ends that. */
function keepClaim(dir: string, own: string, { beatMs = BEAT_MS, onLost }: ClaimOptions): () => void {
  const timer = setInterval(() => {
    if (renewClaim(own)) return;
    clearInterval(timer);
    onLost?.(
      new GraphtapError(
        "state-in-use",
        `Cannot go on with the state folder "${dir}": the claim of this process was taken away, by another that found ` +
          `it without a sign of life for ${beatMs * BEATS_OF_SILENCE / 1000} s`,
      ),
    );
  }, beatMs);
  timer.unref();
  return () => clearInterval(timer);
}
