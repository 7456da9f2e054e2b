/** How reading the configuration again went. */
export interface Reloads {
  readonly succeeded: number;
  readonly failed: number;
  /** Whether the configuration that was read last is in use. */
  readonly isCurrent: boolean;
  /** When the one in use was read; milliseconds since the epoch. */
  readonly lastSuccessMs: number;
  /** It was read, and is in use. */
  success(): void;
  /** It cannot be used, and what ran goes on. */
  failure(): void;
}

/**
 * @param now milliseconds since the epoch; a first configuration was read just now
 * @param ended told after each reading, however it went @default nobody is
 */
export function createReloads(now: () => number, ended: () => void = () => {}): Reloads {
  let [succeeded, failed, isCurrent, lastSuccessMs] = [0, 0, true, now()];
  return {
    get succeeded() {
      return succeeded;
    },
    get failed() {
      return failed;
    },
    get isCurrent() {
      return isCurrent;
    },
    get lastSuccessMs() {
      return lastSuccessMs;
    },
    success() {
      succeeded++;
      isCurrent = true;
      lastSuccessMs = now();
      ended();
    },
    failure() {
      failed++;
      isCurrent = false;
      ended();
    },
  };
}
