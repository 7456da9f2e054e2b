/**
 * What a configuration enables and a caller asks for, and whether any of it is due. `pull --due` loads this and
 * nothing of the engine, for most calls of a shipper come too early.
 */
import type { Config, InputConfig, ServiceConfig } from "../config/config.ts";
import { isOfShard } from "../config/shard.ts";
import { GraphtapError } from "../errors.ts";
import type { Registry } from "../plugin/registry.ts";
import type { Selection } from "../server/pull/select.ts";
import { openState } from "../state/state.ts";
import { isDue } from "../tap/period.ts";
import type { LoadedConfig } from "./configFile.ts";
import type { Runtime } from "./runtime.ts";

/** An input, and those of its services that are enabled and asked for: one at least. */
export interface ChosenInput {
  readonly input: InputConfig;
  readonly services: readonly ServiceConfig[];
}

/** What the configuration enables and the selection asks for, input after input. A name that nothing has chooses nothing. */
export function chooseServices(config: Config, registry: Registry, selection: Selection): ChosenInput[] {
  const services = canonical(selection.services, registry);
  const isAsked = (asked: readonly string[], name: string) => asked.length === 0 || asked.includes(name);
  const { inputs, shard = null } = selection;
  return config.inputs
    .filter(({ enabled, name, id }) => enabled && isAsked(inputs, name) && isOfShard(id, shard))
    .map((input) => ({
      input,
      services: input.services.filter(({ enabled, name }) => enabled && isAsked(services, name)),
    }))
    .filter((chosen) => chosen.services.length > 0);
}

/** Names of services as the configuration has them; a name that the registry does not know stays as it is. */
export function canonical(names: readonly string[], registry: Registry): string[] {
  return names.map((name) => registry.resolve(name)?.service ?? name);
}

/**
 * Whether the period of any chosen stream has passed: a look beside whoever may be at work, which takes no lock and
 * changes nothing. A lock costs a process of its own.
 *
 * @param stateDir absolute
 */
export function anyDue(
  { config, registry }: LoadedConfig,
  selection: Selection,
  stateDir: string,
  { locker, pid }: Pick<Runtime, "locker" | "pid">,
  nowMs: number,
): boolean {
  const chosen = chooseServices(config, registry, selection);
  try {
    const state = openState(stateDir, {
      locker,
      pid,
      now: () => nowMs,
      // Told by the poll, which then follows: what is damaged has no position.
      report: () => {},
      readOnly: true,
    });
    const lastPoll = (inputId: string, service: string) =>
      state.stream({ inputId, service }).loadPosition()?.lastPollStartedMs ?? null;
    return chosen.some(({ input, services }) =>
      services.some(({ name, periodSeconds }) => isDue(lastPoll(input.id, name), periodSeconds, nowMs))
    );
  } catch (error) {
    // What is wrong with the folder is for the poll to say.
    if (error instanceof GraphtapError) return true;
    throw error;
  }
}
