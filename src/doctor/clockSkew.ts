/** How far the host's clock is from that of the servers it talks to. */
import type { Clock } from "../clock.ts";
import type { Transport } from "../graph/transport.ts";

/** Measures the host's clock by the answers that pass. */
export interface SkewMeter {
  readonly transport: Transport;
  /**
   * Milliseconds that this host is ahead of the servers at an origin, give or take half a second and half the time
   * of a request; `null` when none of its answers carried a date.
   */
  ahead(origin: string): number | null;
}

/** Watches the `Date` header of every answer; each has whole seconds, so the middle of its second is taken. */
export function createSkewMeter(transport: Transport, clock: Clock): SkewMeter {
  const found = new Map<string, number>();
  return {
    async transport(request) {
      const sent = clock.now();
      const response = await transport(request);
      const date = Date.parse(response.header("date") ?? "");
      if (!Number.isNaN(date)) {
        found.set(new URL(request.url).origin, (sent + clock.now()) / 2 - (date + 500));
      }
      return response;
    },
    ahead: (origin) => found.get(origin) ?? null,
  };
}
