/** Work that is done in steps, each short, so that who has other work may do some of that between two of them. */

/** Yields after each step, and returns what came of all. */
export type Steps<T> = Generator<void, T, void>;

/** Does all of it at once. */
export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}
