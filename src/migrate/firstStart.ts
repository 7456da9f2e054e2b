/** Positions taken over when a folder of the old collector is used for the first time. */
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import type { Config } from "../config/config.ts";
import { fromMillis } from "../instant.ts";
import type { Registry } from "../plugin/registry.ts";
import { listOldFiles } from "./oldState.ts";
import { streamFolder } from "../state/streamFolders.ts";
import type { State } from "../state/state.ts";
import type { Log } from "../telemetry/log.ts";
import { DEFAULT_OVERLAP_SECONDS, findTakeovers, takeOver } from "./takeOver.ts";

/**
 * Goes on where the old collector stopped, for each input of which the state folder has nothing but its files: whoever
 * swaps the container loses nothing of what came meanwhile. They are looked at once, so that a reset stays one: what
 * holds an input's positions stays when they go.
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
  const isNew = (inputId: string) => !existsSync(dirname(streamFolder(folder, { inputId, service: "any" })));
  const inputs = config.inputs.filter(({ id }) => isNew(id));
  const files = inputs.length === 0 ? [] : listOldFiles(folder);
  if (files.length === 0) return;
  for (const one of findTakeovers({ ...config, inputs }, registry, folder, files, null)) {
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
