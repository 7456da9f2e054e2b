import { systemClock } from "../clock.ts";
import { simulate } from "../emulator/arrivals.ts";
import { createEmulator, type Emulator } from "../emulator/emulator.ts";
import { serveEmulator } from "../emulator/serve.ts";
import { addSeconds, fromMillis } from "../instant.ts";
import type { Cursor, Plugin } from "../plugin/plugin.ts";
import { plugins as ours } from "../../plugins/index.ts";
import { DEMO_BACKLOG_SECONDS, DEMO_TENANT } from "./demoConfig.ts";

/** How many records a collection has when the demo begins. */
const BACKLOG: Readonly<Record<Cursor["kind"], number>> = { "event-time": 12, "update-time": 4, snapshot: 4 };

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
 * @param plugins what it holds; our own by default
 * @param unevenPages whether a page may be short or empty although more follow
 */
export async function openDemoGraph(
  options: { port: number; quotas: boolean; unevenPages: boolean; plugins?: readonly Plugin[] },
): Promise<DemoGraph> {
  const emulator = createEmulator({
    plugins: options.plugins ?? ours,
    tenants: [DEMO_TENANT],
    unevenPages: options.unevenPages,
    ...(options.quotas ? {} : { quotas: "off" as const }),
  });
  const now = fromMillis(systemClock.now());
  for (const { path, plugin } of emulator.collections) {
    // Half a minute inside the start, so that a demo that starts slowly still asks for them all.
    emulator.produce(path, BACKLOG[plugin.cursor.kind], {
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
