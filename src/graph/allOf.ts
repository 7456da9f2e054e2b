import type { Quota } from "./quota.ts";

/** All of `quotas` as one: a request passes one after the other, so the narrowest is best the first. */
export function allOf(quotas: readonly Quota[]): Quota {
  return {
    windowMs: Math.max(0, ...quotas.map(({ windowMs }) => windowMs)),
    async acquire(priority, signal) {
      const places: (() => void)[] = [];
      const leave = () => places.forEach((free) => free());
      try {
        for (const quota of quotas) places.push(await quota.acquire(priority, signal));
        return leave;
      } catch (error) {
        leave();
        throw error;
      }
    },
    throttled: (ms) => quotas.forEach((quota) => quota.throttled(ms)),
  };
}
