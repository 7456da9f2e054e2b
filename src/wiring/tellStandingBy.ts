/**
 * What the service manager is told by a process that stands by. It is READY: sd_notify(3) has EXTEND_TIMEOUT_USEC for a
 * start that takes longer, but then `systemctl start`, and a boot that waits for the unit, would last as long as the
 * other process lives. STATUS says whom it waits for, and the watchdog, which counts from READY on, is fed: looking
 * whether the folder is free is all there is to do, by the same event loop.
 */
import type { Clock } from "../clock.ts";
import type { ServiceManager } from "./serviceManager.ts";
import { STATUS_MS } from "./watchdog.ts";

/** Tells it at once and then so often, until `over` is aborted. @param holder who has the state folder, in words */
export async function tellStandingBy(
  manager: Pick<ServiceManager, "listens" | "watchdogMs" | "ready" | "status">,
  holder: () => string,
  clock: Pick<Clock, "sleep">,
  over: AbortSignal,
): Promise<void> {
  if (!manager.listens) return;
  manager.ready();
  try {
    while (!over.aborted) {
      manager.status(`Standing by: ${holder()} has the state folder`, manager.watchdogMs !== null);
      await clock.sleep(manager.watchdogMs ?? STATUS_MS, over);
    }
  } catch {
    // Only `over` wakes it early.
  }
}
