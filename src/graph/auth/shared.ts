/**
 * `work`, done once for all who ask for it at the same time. Each may stop waiting by a signal of its own; when all
 * have, the work is aborted.
 */
export function shared<T>(
  work: (signal: AbortSignal) => Promise<T>,
): (signal?: AbortSignal) => Promise<T> {
  let running: { readonly result: Promise<T>; readonly stop: AbortController; callers: number } | null = null;

  function begin() {
    const stop = new AbortController();
    const begun = { result: work(stop.signal), stop, callers: 0 };
    const end = () => {
      if (running === begun) running = null;
    };
    begun.result.then(end, end);
    return begun;
  }
  return (signal) =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const joined = running ??= begin();
      joined.callers++;
      const leave = () => {
        reject(signal?.reason);
        if (--joined.callers > 0) return;
        // Whoever comes now begins anew.
        if (running === joined) running = null;
        joined.stop.abort(signal?.reason);
      };
      signal?.addEventListener("abort", leave, { once: true });
      const done = () => signal?.removeEventListener("abort", leave);
      joined.result.then(resolve, reject).finally(done);
    });
}
