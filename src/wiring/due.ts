import { resolve } from "node:path";
import type { Config } from "../config/config.ts";
import { GraphtapError } from "../errors.ts";
import { openState } from "../state/state.ts";
import { isDue } from "../tap/period.ts";
import { chooseServices } from "./chosenServices.ts";
import type { LoadedConfig } from "./configFile.ts";
import type { Given } from "../cli/options.ts";
import type { Runtime } from "./runtime.ts";

/** The state folder of a configuration. */
export function stateFolderOf(given: Given, { config, home }: { config: Config; home: string }): string {
  return resolve(given.text("state") ?? resolve(home, config.globals.stateDir));
}

/**
 * Whether the period of any chosen stream has passed: a look beside whoever may be at work, which takes no lock and
 * changes nothing. A lock costs a process of its own, and most calls of a shipper come too early.
 *
 * @throws usage
 */
export function anyDue(given: Given, runtime: Runtime, loaded: LoadedConfig, nowMs: number): boolean {
  const chosen = chooseServices(loaded.config, loaded.registry, given);
  try {
    const state = openState(stateFolderOf(given, loaded), {
      locker: runtime.locker,
      pid: runtime.pid,
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
