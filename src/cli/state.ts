import { resolve } from "node:path";
import { systemClock } from "../clock.ts";
import type { ExitCode } from "../errors.ts";
import type { Checkpoint, StreamAddress } from "../state/checkpoint.ts";
import { openState, type State } from "../state/state.ts";
import { readConfig } from "./configFile.ts";
import { type Given, usage } from "./options.ts";
import type { Runtime } from "./runtime.ts";
import { layOut } from "./table.ts";

/** `graphtap state show|reset`: positions on disk, whether or not the configuration still names their streams. */
export async function run(given: Given, runtime: Runtime): Promise<ExitCode> {
  const [what = "show"] = given.words;
  if (what !== "show" && what !== "reset") {
    throw usage("state", `"${what}" is not an action; there are show and reset`);
  }
  const { folder, inputId } = await place(given, runtime);
  const state = openState(folder, {
    locker: runtime.locker,
    pid: runtime.pid,
    readOnly: what === "show",
    now: () => systemClock.now(),
    report: (note) => runtime.writeStderr(`${note}\n`),
  });
  try {
    const chosen = state.list().filter((address) => selected(address, given, inputId));
    if (what === "reset") reset(state, chosen, runtime);
    else await show(state, chosen, given.has("json"), runtime);
    return 0;
  } finally {
    state.close();
  }
}

/** The state folder, and the ids behind the input names, which only the configuration knows. */
async function place(given: Given, runtime: Runtime) {
  const direct = given.text("state");
  if (direct !== undefined && !given.has("input")) {
    return {
      folder: resolve(direct),
      inputId: (name: string) => name,
    };
  }
  const { config, home } = await readConfig(given, runtime, systemClock.now());
  return {
    folder: resolve(direct ?? resolve(home, config.globals.stateDir)),
    inputId: (name: string) => config.inputs.find((input) => input.name === name)?.id ?? name,
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

function reset(state: State, addresses: readonly StreamAddress[], runtime: Runtime): void {
  for (const address of addresses) {
    state.stream(address).reset();
    runtime.writeStderr(
      `reset ${address.inputId} × ${address.service}: it begins again at its configured start\n`,
    );
  }
  if (addresses.length === 0) runtime.writeStderr("nothing to reset: no such stream has a position\n");
}

interface Row {
  readonly input_id: string;
  readonly service: string;
  readonly read_to: string | null;
  readonly last_event_time_in_utc: string | null;
  readonly records: number;
  readonly duplicates: number;
  readonly seen: number;
  readonly last_poll: string | null;
}

async function show(
  state: State,
  addresses: readonly StreamAddress[],
  json: boolean,
  runtime: Runtime,
): Promise<void> {
  const rows = addresses.map((address) => rowOf(state, address));
  const text = json
    ? `${JSON.stringify(rows, null, 2)}\n`
    : rows.length === 0
    ? "no positions yet\n"
    : table(rows);
  await runtime.writeStdout(new TextEncoder().encode(text));
}

function rowOf(state: State, address: StreamAddress): Row {
  const stream = state.stream(address);
  const checkpoint: Checkpoint | null = stream.loadCheckpoint();
  const lastPoll = checkpoint?.last_poll_started_ms ?? null;
  return {
    input_id: address.inputId,
    service: address.service,
    read_to: checkpoint?.read_to ?? null,
    last_event_time_in_utc: checkpoint?.last_event_time_in_utc ?? null,
    records: checkpoint?.records ?? 0,
    duplicates: checkpoint?.duplicates ?? 0,
    seen: stream.seen().size,
    last_poll: lastPoll === null ? null : new Date(lastPoll).toISOString(),
  };
}

function table(rows: readonly Row[]): string {
  const head = ["INPUT", "SERVICE", "READ TO", "NEWEST RECORD", "SENT", "SEEN", "LAST POLL"];
  const cells = rows.map((row) => [
    row.input_id,
    row.service,
    row.read_to ?? "-",
    row.last_event_time_in_utc ?? "-",
    String(row.records),
    String(row.seen),
    row.last_poll ?? "-",
  ]);
  return layOut([head, ...cells]);
}
