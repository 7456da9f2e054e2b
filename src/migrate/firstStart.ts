/** Where streams go on that have no position yet: at an older one of ours, or of the old collector. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Config } from "../config/config.ts";
import { fromMillis } from "../instant.ts";
import type { Registry } from "../plugin/registry.ts";
import { CHECKPOINT_FILE, type StreamAddress, streamFolder } from "../state/streamFolders.ts";
import type { State } from "../state/state.ts";
import type { Log } from "../telemetry/log.ts";
import { carryOver, type EnabledStream, enabledStreams } from "./carryOver.ts";
import { listOldFiles } from "./oldState.ts";
import { sayOfStrangers } from "./strangers.ts";
import { DEFAULT_OVERLAP_SECONDS, findTakeovers, takeOver } from "./takeOver.ts";

/** What is started, and by which clock. */
export interface StartOptions {
  readonly config: Config;
  /** The ids of all inputs, also of those that other processes have. */
  readonly ids: readonly string[];
  readonly registry: Registry;
  readonly log: Log;
  readonly nowMs: number;
  /** Which streams begin, where others go on. @default all of them */
  readonly isComing?: (stream: { readonly input: string; readonly service: string }) => boolean;
}

/**
 * Finds a position for each stream of the configuration that has none: of our own, under the names it had before its
 * file was rewritten; else, for an input of which the state folder has nothing, what the old collector left there.
 * Whoever swaps the container, or rewrites its file, loses nothing of what came meanwhile. Each is looked at once, so
 * that a reset stays one. What lies there and belongs to nobody is said where a stream begins.
 *
 * @throws state-unusable
 */
export function goOnFromBefore(state: State, folder: string, options: StartOptions): void {
  const { config, isComing = () => true } = options;
  const streams = enabledStreams(config).filter(({ input, service }) =>
    isComing({ input: input.name, service: service.name }) &&
    !hasCheckpoint(folder, addressOf({ input, service }))
  );
  if (streams.length === 0) return;
  // An input holds a folder once one of its streams has begun, and keeps it when they are reset.
  const isNew = (inputId: string) => !existsSync(dirname(streamFolder(folder, { inputId, service: "any" })));
  const newIds = new Set(streams.map(({ input }) => input.id).filter(isNew));
  carryOver(state, streams, options);
  const files = newIds.size === 0 ? [] : listOldFiles(folder);
  const left = streams.filter((stream) => !hasCheckpoint(folder, addressOf(stream)));
  const unclaimed = files.length === 0
    ? []
    : goOnFromOldCollector(state, folder, files, newIds, left, options);
  const beginning = left.filter((stream) => !existsSync(streamFolder(folder, addressOf(stream))));
  sayOfStrangers(state, beginning, unclaimed, options);
}

const addressOf = ({ input, service }: EnabledStream): StreamAddress => ({
  inputId: input.id,
  service: service.name,
});

function hasCheckpoint(folder: string, address: StreamAddress): boolean {
  return existsSync(join(streamFolder(folder, address), CHECKPOINT_FILE));
}

/** @returns the files that no stream of the configuration has a use for */
function goOnFromOldCollector(
  state: State,
  folder: string,
  files: readonly string[],
  newIds: ReadonlySet<string>,
  left: readonly EnabledStream[],
  { config, registry, log, nowMs }: StartOptions,
): string[] {
  const takeovers = findTakeovers(config, registry, folder, files, null);
  for (const one of takeovers) {
    const isMeant = newIds.has(one.input.id) && left.some(({ service }) => service === one.service);
    if (one.found.length === 0 || !isMeant) continue;
    const taken = takeOver(one, state, fromMillis(nowMs), DEFAULT_OVERLAP_SECONDS, false);
    const { input, service, old, next, isLost, remark } = taken;
    const fields = { input, service, old_position: old, goes_on_at: next, remark };
    if (isLost) log.warn("the old collector's position is of no use", fields);
    else log.info("goes on where the old collector stopped", fields);
  }
  const claimed = new Set(takeovers.flatMap(({ found }) => found.map(({ file }) => file)));
  return files.filter((file) => !claimed.has(file));
}
