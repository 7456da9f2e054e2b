import type { Config } from "../config/config.ts";
import { fromMillis } from "../instant.ts";
import type { Registry } from "../plugin/registry.ts";
import { listOldFiles } from "../state/oldState.ts";
import type { State } from "../state/state.ts";
import type { Log } from "../telemetry/log.ts";
import { DEFAULT_OVERLAP_SECONDS, findTakeovers, takeOver } from "./takeOver.ts";

/**
 * Goes on where the old collector stopped, when its files are all that is in the state folder: whoever swaps the
 * container loses nothing of what came meanwhile. Once there is a position of ours, the files are looked at no more.
 *
 * @throws state-unusable
 */
export function goOnFromOldCollector(
  state: State,
  folder: string,
  { config, registry, log, nowMs }: {
    readonly config: Config;
    readonly registry: Registry;
    readonly log: Log;
    readonly nowMs: number;
  },
): void {
  if (state.list().length > 0) return;
  const files = listOldFiles(folder);
  if (files.length === 0) return;
  for (const one of findTakeovers(config, registry, folder, files, null)) {
    if (one.found.length === 0) continue;
    const { input, service, old, next, remark } = takeOver(
      one,
      state,
      fromMillis(nowMs),
      DEFAULT_OVERLAP_SECONDS,
      false,
    );
    const fields = { input, service, old_position: old, goes_on_at: next, remark };
    if (next === "-") log.warn("the old collector's position is of no use", fields);
    else log.info("goes on where the old collector stopped", fields);
  }
}
