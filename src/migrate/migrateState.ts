/** Positions taken over because somebody asked for it: `graphtap migrate --state`. */
import type { Config } from "../config/config.ts";
import { GraphtapError } from "../errors.ts";
import type { Instant } from "../instant.ts";
import type { Registry } from "../plugin/registry.ts";
import type { State } from "../state/state.ts";
import { listOldFiles } from "./oldState.ts";
import { findTakeovers, type TakenOver, type Takeover, takeOver } from "./takeOver.ts";

/** What is taken over, and to whom. */
export interface StateMigrationOptions {
  readonly config: Config;
  readonly registry: Registry;
  /** Where the old collector kept its positions. */
  readonly folder: string;
  /** Our own, for the streams of the configuration. */
  readonly state: State;
  readonly now: Instant;
  /** How far before a position reading goes on. */
  readonly overlapSeconds: number;
  /** Only tell what would be done. */
  readonly isCheck: boolean;
  /** Told before each stream. */
  readonly onStream?: (done: number, all: number, one: Takeover) => void;
}

/** What became of every stream. */
export interface StateMigration {
  readonly streams: readonly TakenOver[];
  /** Files of the old collector that belong to none of them. */
  readonly strangers: readonly string[];
}

/**
 * Takes the positions of the old collector over: each stream goes on where it was, some way further back, so that
 * what arrived late there is found. So it does from our own position, where the stream had another name before its
 * file was rewritten. A stream that has a position already keeps it.
 *
 * @throws state-unusable
 */
export function migrateState(options: StateMigrationOptions): StateMigration {
  const { config, registry, folder, state, now, overlapSeconds, isCheck } = options;
  const files = listOldFiles(folder);
  const takeovers = findTakeovers(config, registry, folder, files, state);
  const claimed = new Set(takeovers.flatMap(({ found }) => found.map(({ file }) => file)));
  if (claimed.size === 0) {
    throw new GraphtapError(
      "state-unusable",
      `Cannot take positions over: of ${files.length} files in "${folder}" none belongs to a stream of ${config.file}; ` +
        "name the folder of the old collector, and a configuration with its input ids",
    );
  }
  return {
    streams: takeovers.map((one, done) => {
      options.onStream?.(done, takeovers.length, one);
      return takeOver(one, state, now, overlapSeconds, isCheck);
    }),
    strangers: files.filter((file) => !claimed.has(file)),
  };
}
