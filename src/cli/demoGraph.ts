import { systemClock } from "../clock.ts";
import { simulate } from "../emulator/arrivals.ts";
import { createEmulator, type Emulator } from "../emulator/emulator.ts";
import type { CollectionName } from "../emulator/collections.ts";
import { serveEmulator } from "../emulator/serve.ts";
import { addSeconds, fromMillis } from "../instant.ts";
import { DEMO_BACKLOG_SECONDS, DEMO_TENANT } from "./demoConfig.ts";

/** How many records there are when the demo begins. */
const BACKLOG: Readonly<Record<CollectionName, number>> = {
  signIns: 0,
  signIns_beta: 24,
  directoryAudits: 12,
  provisioning: 6,
  alerts_v2: 4,
  alerts: 3,
  secureScores: 2,
  secureScoreControlProfiles: 8,
};

/** A Graph on loopback with records of its own making. */
export interface DemoGraph {
  readonly url: string;
  readonly emulator: Emulator;
  /** Lets records arrive until `signal` is aborted. */
  start(signal: AbortSignal): void;
  close(): Promise<void>;
}

/**
 * Serves it; the first records are there already.
 *
 * @param port 0 for any free one
 * @param unevenPages whether a page may be short or empty although more follow
 */
export async function openDemoGraph(
  options: { port: number; quotas: boolean; unevenPages: boolean },
): Promise<DemoGraph> {
  const emulator = createEmulator({
    tenants: [DEMO_TENANT],
    unevenPages: options.unevenPages,
    ...(options.quotas ? {} : { quotas: "off" as const }),
  });
  const now = fromMillis(systemClock.now());
  for (const [collection, count] of Object.entries(BACKLOG)) {
    // Half a minute inside the start, so that a demo that starts slowly still asks for them all.
    emulator.produce(collection as CollectionName, count, {
      from: addSeconds(now, 30 - DEMO_BACKLOG_SECONDS),
      to: now,
    });
  }
  const server = await serveEmulator(emulator, { port: options.port });
  return {
    url: server.url,
    emulator,
    start: (signal) => void simulate(emulator, { clock: systemClock, signal }).catch(() => {}),
    close: () => server.close(),
  };
}
