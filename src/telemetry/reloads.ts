import type { GraphtapError } from "../errors.ts";

/** How reading the configuration again went. */
export interface Reloads {
  readonly succeeded: number;
  readonly failed: number;
  /** Whether the configuration that was read last is in use. */
  readonly isCurrent: boolean;
  /** When the one in use was read; milliseconds since the epoch. */
  readonly lastSuccessMs: number;
  /** Why the one that was read last is not in use, and since when; `null` when it is. */
  readonly problem: ReloadProblem | null;
  /** It was read, and is in use. */
  success(): void;
  /** It cannot be used, and what ran goes on. */
  failure(why: Pick<GraphtapError, "code" | "message">): void;
}

/** Why a configuration is not in use. */
export interface ReloadProblem {
  /** When it was read; milliseconds since the epoch. */
  readonly atMs: number;
  readonly code: string;
  readonly message: string;
}

/** @param now milliseconds since the epoch; a first configuration was read just now */
export function createReloads(now: () => number): Reloads {
  let [succeeded, failed, lastSuccessMs] = [0, 0, now()];
  let problem: ReloadProblem | null = null;
  return {
    get succeeded() {
      return succeeded;
    },
    get failed() {
      return failed;
    },
    get isCurrent() {
      return problem === null;
    },
    get problem() {
      return problem;
    },
    get lastSuccessMs() {
      return lastSuccessMs;
    },
    success() {
      succeeded++;
      problem = null;
      lastSuccessMs = now();
    },
    failure({ code, message }) {
      failed++;
      problem = { atMs: now(), code, message };
    },
  };
}
