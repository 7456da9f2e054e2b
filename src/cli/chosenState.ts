/** The state folder for the commands that look into it: `state` and `gaps`. */
import { resolve } from "node:path";
import { systemClock } from "../clock.ts";
import { isOfShard } from "../config/shard.ts";
import type { InputConfig } from "../config/config.ts";
import { openState, type State, type StreamAddress } from "../state/state.ts";
import { readConfig } from "../wiring/configFile.ts";
import type { Given } from "./options.ts";
import type { Runtime } from "../wiring/runtime.ts";
import { shardOption, stateDirOf } from "./selection.ts";

/** A state folder, opened, and the streams in it that the options choose. */
export interface ChosenState {
  readonly state: State;
  readonly chosen: readonly StreamAddress[];
  /** Whether the options choose a stream, in the folder or not. */
  readonly isChosen: (address: StreamAddress) => boolean;
  /** The ids of the inputs that the options, or the words behind an action, name. */
  readonly inputIds: readonly string[];
  /** The name of an input, as the log has it; its id where the configuration was not read, or has it no more. */
  readonly nameOf: (inputId: string) => string;
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
  const named = [...given.all("input"), ...given.words.slice(1)];
  const shard = shardOption(given);
  const { folder, inputs } = await place(given, named, runtime);
  const inputId = (name: string) => inputs.find((input) => input.name === name)?.id ?? name;
  const nameOf = (id: string) => inputs.find((input) => input.id === id)?.name ?? id;
  const state = openState(folder, {
    locker: runtime.locker,
    pid: runtime.pid,
    readOnly,
    now: () => systemClock.now(),
    report: (note) => runtime.writeStderr(`${note}\n`),
  });
  const inputIds = named.map(inputId);
  const services = given.all("service");
  const isChosen = ({ inputId, service }: StreamAddress) =>
    (inputIds.length === 0 || inputIds.includes(inputId)) &&
    (services.length === 0 || services.includes(service)) && isOfShard(inputId, shard);
  return { state, chosen: state.list().filter(isChosen), isChosen, inputIds, nameOf };
}

/** The state folder, and the inputs of the configuration, which alone knows their names. */
async function place(
  given: Given,
  named: readonly string[],
  runtime: Runtime,
): Promise<{ folder: string; inputs: readonly Pick<InputConfig, "name" | "id">[] }> {
  const direct = given.text("state");
  // Whatever configuration lies about need not be the one of this folder.
  if (direct !== undefined && named.length === 0 && !given.has("config")) {
    return { folder: resolve(direct), inputs: [] };
  }
  const loaded = await readConfig(given.all("config"), runtime, systemClock.now());
  return { folder: stateDirOf(given, loaded), inputs: loaded.config.inputs };
}
