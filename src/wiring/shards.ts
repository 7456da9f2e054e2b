/** What of a configuration is this process's, where several share its inputs. */
import type { Config } from "../config/config.ts";
import { isOfShard, type Shard, shardText } from "../config/shard.ts";
import { goOnFromBefore, type StartOptions } from "../migrate/firstStart.ts";
import { ONLY_SHARD } from "../state/elsewhere.ts";
import type { State, StreamAddress } from "../state/state.ts";
import { chooseServices } from "./selection.ts";
import type { Configured } from "./sources.ts";

/** The same configuration with the inputs of one shard. */
export function configOf<C extends Pick<Config, "inputs">>(config: C, shard: Shard | null): C {
  return { ...config, inputs: config.inputs.filter(({ id }) => isOfShard(id, shard)) };
}

/** What a state folder is prepared for, beside its configuration. */
export interface Preparation extends Pick<StartOptions, "log" | "nowMs" | "isComing"> {
  /** Whether what waits for a position begins now. */
  readonly adopt: boolean;
}

/**
 * Makes a state folder ready for streams of a configuration that begin: those that stood somewhere before go on there,
 * and those wait whose position another shard may have.
 *
 * @throws `state-unusable`
 */
export function prepareState(state: State, folder: string, next: Configured, how: Preparation): void {
  const { config, registry, selection } = next;
  const shard = selection?.shard ?? null;
  const ids = config.inputs.map(({ id }) => id);
  goOnFromBefore(state, folder, { config: configOf(config, shard), ids, registry, ...how });
  settle(state, next, how);
}

/**
 * Makes a state folder this shard's: its streams without a position wait, where it was another shard's before, or adopt
 * what waits. What there is to know about it is logged.
 *
 * @throws `state-unusable`
 */
export function settle(
  state: State,
  { config, registry, selection }: Configured,
  { adopt, log }: Pick<Preparation, "adopt" | "log">,
): void {
  const shard = selection?.shard ?? null;
  // Whatever else is selected: another start may ask for the others.
  const own = chooseServices(config, registry, { inputs: [], services: [], shard })
    .flatMap(({ input, services }) => services.map(({ name }) => ({ inputId: input.id, service: name })));
  const withoutPosition = () => {
    const there = new Set(state.list().map(keyOf));
    return own.filter((address) => !there.has(keyOf(address)));
  };
  state.elsewhere.becomes(shard === null ? ONLY_SHARD : shardText(shard), withoutPosition);
  if (adopt) {
    // What was moved away has one, and is adopted by its name only.
    const begun = withoutPosition().filter((address) => state.elsewhere.has(address));
    state.elsewhere.remove(begun);
    log.warn(
      "adopted the streams that waited for a position; take --adopt away again, or those that are moved next begin without theirs",
      { streams: begun.length },
    );
  }
  const elsewhere = new Set(state.elsewhere.list().map(keyOf));
  const waiting = elsewhere.size === 0 ? [] : own.filter((address) => elsewhere.has(keyOf(address)));
  if (waiting.length > 0) {
    log.warn(
      "streams wait for their position, which another shard may have: bring it by graphtap state export --move and " +
        'import; where there is none, "graphtap state adopt" or --adopt lets them begin now',
      { streams: waiting.length, inputs: new Set(waiting.map(({ inputId }) => inputId)).size },
    );
  }
}

function keyOf({ inputId, service }: StreamAddress): string {
  return JSON.stringify([inputId, service]);
}
