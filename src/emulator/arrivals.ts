import type { Clock } from "../clock.ts";
import { addSeconds, fromMillis } from "../instant.ts";
import type { CollectionName, Emulator } from "./emulator.ts";
import { createRandom } from "./random.ts";

/** How records come in over time. */
export interface ArrivalOptions {
  readonly clock: Clock;
  /** Ends the simulation. */
  readonly signal: AbortSignal;
  /** Records a minute. @default some 300 sign-ins a minute, fewer of everything else */
  readonly perMinute?: Partial<Record<CollectionName, number>>;
  /** Share of log records whose event lies `lateSeconds` back, 0 to 1. @default 0.1 */
  readonly lateShare?: number;
  /** @default 300 */
  readonly lateSeconds?: number;
  /** Alerts that change, a minute. @default 12 */
  readonly updatesPerMinute?: number;
  /** @default the first tenant */
  readonly tenantId?: string;
  /** @default 1 */
  readonly seed?: number;
}

const PER_MINUTE: Partial<Record<CollectionName, number>> = {
  signIns: 120,
  signIns_beta: 180,
  directoryAudits: 60,
  provisioning: 20,
  alerts_v2: 12,
  alerts: 6,
};

const TICK_MS = 500;

/** Lets records arrive until `signal` is aborted: most of them fresh, some late, and alerts that change. */
export async function simulate(emulator: Emulator, options: ArrivalOptions): Promise<void> {
  const { clock, signal, tenantId, lateShare = 0.1, lateSeconds = 300, updatesPerMinute = 12 } = options;
  const random = createRandom(`arrivals/${options.seed ?? 1}`);
  const due = new Map<string, number>();
  while (!signal.aborted) {
    for (const [name, rate] of Object.entries(options.perMinute ?? PER_MINUTE)) {
      for (let count = take(name, rate ?? 0); count > 0; count--) arrive(name as CollectionName);
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

  function arrive(collection: CollectionName): void {
    const isAlert = collection.startsWith("alerts");
    const late = !isAlert && random.chance(lateShare) ? random.int(1, lateSeconds) : 0;
    const to = addSeconds(fromMillis(clock.now()), -late);
    emulator.produce(collection, 1, { to, ...(tenantId === undefined ? {} : { tenantId }) });
  }

  function change(): void {
    const collection = random.pick(["alerts", "alerts_v2"] as const);
    const held = emulator.records(collection, tenantId);
    if (held.length === 0) return;
    const { id } = JSON.parse(new TextDecoder().decode(random.pick(held))) as { id: string };
    emulator.update(collection, id, fromMillis(clock.now()), tenantId === undefined ? {} : { tenantId });
  }
}
