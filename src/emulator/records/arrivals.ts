import type { Clock } from "../../clock.ts";
import { addSeconds, fromMillis } from "../../instant.ts";
import type { Cursor } from "../../plugin/plugin.ts";
import type { Collection } from "../collections.ts";
import type { Emulator } from "../emulator.ts";
import { createRandom } from "../random.ts";

/** How records come in over time. */
export interface ArrivalOptions {
  readonly clock: Clock;
  /** Ends the simulation. */
  readonly signal: AbortSignal;
  /** Share of log records whose event lies `lateSeconds` back, 0 to 1. @default 0.1 */
  readonly lateShare?: number;
  /** @default 300 */
  readonly lateSeconds?: number;
  /** Records that change in place, a minute. @default 12 */
  readonly updatesPerMinute?: number;
  /** @default the first tenant */
  readonly tenantId?: string;
  /** @default 1 */
  readonly seed?: number;
}

/** Records a minute that come new to a collection. A snapshot grows by none. */
const PER_MINUTE: Readonly<Record<Cursor["kind"], number>> = {
  "event-time": 80,
  "update-time": 9,
  snapshot: 0,
  query: 20,
  job: 20,
};

const TICK_MS = 500;

/** Lets records arrive until `signal` is aborted: most of them fresh, some late, and some that change in place. */
export async function simulate(emulator: Emulator, options: ArrivalOptions): Promise<void> {
  const { clock, signal, tenantId, lateShare = 0.1, lateSeconds = 300, updatesPerMinute = 12 } = options;
  const random = createRandom(`arrivals/${options.seed ?? 1}`);
  const changing = emulator.collections.filter(({ plugin }) => plugin.cursor.kind === "update-time");
  const due = new Map<string, number>();
  while (!signal.aborted) {
    for (const collection of emulator.collections) {
      const rate = PER_MINUTE[collection.plugin.cursor.kind];
      for (let count = take(collection.name, rate); count > 0; count--) arrive(collection);
    }
    for (let count = take("updates", updatesPerMinute); count > 0; count--) change();
    try {
      await clock.sleep(TICK_MS, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  /** Whole records that are due by now; the rest is kept for the next tick. */
  function take(name: string, rate: number): number {
    const sum = (due.get(name) ?? 0) + rate * TICK_MS / 60_000;
    due.set(name, sum - Math.floor(sum));
    return Math.floor(sum);
  }

  function arrive({ name, plugin }: Collection): void {
    const isLog = plugin.cursor.kind !== "update-time";
    const late = isLog && random.chance(lateShare) ? random.int(1, lateSeconds) : 0;
    const to = addSeconds(fromMillis(clock.now()), -late);
    emulator.produce(name, 1, { to, tenantId });
  }

  function change(): void {
    if (changing.length === 0) return;
    const { path } = random.pick(changing);
    const held = emulator.records(path, tenantId);
    if (held.length === 0) return;
    const { id } = JSON.parse(new TextDecoder().decode(random.pick(held))) as { id: string };
    emulator.update(path, id, fromMillis(clock.now()), { tenantId });
  }
}
