/** The state folder for the commands that look into it: `state` and `gaps`. */
import { resolve } from "node:path";
import { systemClock } from "../clock.ts";
import { openState, type State, type StreamAddress } from "../state/state.ts";
import { readConfig } from "../wiring/configFile.ts";
import type { Given } from "./options.ts";
import type { Runtime } from "../wiring/runtime.ts";
import { stateDirOf } from "./selection.ts";

/** A state folder, opened, and the streams in it that the options choose. */
export interface ChosenState {
  readonly state: State;
  readonly chosen: readonly StreamAddress[];
  /** The ids of the inputs that the options name. */
  readonly inputIds: readonly string[];
}

/**
 * Opens the state folder that the options or the configuration name.
 *
 * @param readOnly to look only, beside a process that may be running
 * @throws config-*, state-*
 */
export async function openChosenState(
  given: Given,
  runtime: Runtime,
  readOnly: boolean,
): Promise<ChosenState> {
  const { folder, inputId } = await place(given, runtime);
  const state = openState(folder, {
    locker: runtime.locker,
    pid: runtime.pid,
    readOnly,
    now: () => systemClock.now(),
    report: (note) => runtime.writeStderr(`${note}\n`),
  });
  return {
    state,
    chosen: state.list().filter((address) => selected(address, given, inputId)),
    inputIds: given.all("input").map(inputId),
  };
}

/** The state folder, and the ids behind the input names, which only the configuration knows. */
async function place(given: Given, runtime: Runtime) {
  const direct = given.text("state");
  if (direct !== undefined && !given.has("input")) {
    return { folder: resolve(direct), inputId: (name: string) => name };
  }
  const loaded = await readConfig(given.text("config"), runtime, systemClock.now());
  return {
    folder: stateDirOf(given, loaded),
    inputId: (name: string) => loaded.config.inputs.find((input) => input.name === name)?.id ?? name,
  };
}

function selected(
  { inputId, service }: StreamAddress,
  given: Given,
  idOf: (name: string) => string,
): boolean {
  const inputs = given.all("input").map(idOf);
  const services = given.all("service");
  return (inputs.length === 0 || inputs.includes(inputId)) &&
    (services.length === 0 || services.includes(service));
}
