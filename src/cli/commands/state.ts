import type { ExitCode } from "../../errors.ts";
import type { Checkpoint, StreamAddress } from "../../state/checkpoint.ts";
import type { State } from "../../state/state.ts";
import { type Given, usage } from "../options.ts";
import { openChosenState } from "../chosenState.ts";
import type { Runtime } from "../../wiring/runtime.ts";
import { layOut } from "../table.ts";

/** `graphtap state show|reset|export`: positions on disk, whether or not the configuration still names their streams. */
export async function run(given: Given, runtime: Runtime): Promise<ExitCode> {
  const [what = "show"] = given.words;
  if (!["show", "reset", "export"].includes(what)) {
    throw usage("state", `"${what}" is not an action; there are show, reset and export`);
  }
  const { state, chosen } = await openChosenState(given, runtime, what !== "reset");
  try {
    if (what === "reset") reset(state, chosen, runtime);
    else if (what === "export") await print(runtime, exported(state, chosen));
    else await print(runtime, given.has("json") ? json(state, chosen) : table(state, chosen));
    return 0;
  } finally {
    state.close();
  }
}

function print(runtime: Runtime, text: string): Promise<void> {
  return runtime.writeStdout(new TextEncoder().encode(text));
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

/** Checkpoints and gaps as they are on the disk, a stream a line. */
function exported(state: State, addresses: readonly StreamAddress[]): string {
  return addresses.map((address) => {
    const stream = state.stream(address);
    return `${JSON.stringify({ checkpoint: stream.loadCheckpoint(), gaps: stream.gaps().list() })}\n`;
  }).join("");
}

function json(state: State, addresses: readonly StreamAddress[]): string {
  return `${JSON.stringify(addresses.map((address) => rowOf(state, address)), null, 2)}\n`;
}

function rowOf(state: State, address: StreamAddress) {
  const stream = state.stream(address);
  const checkpoint = stream.loadCheckpoint();
  const gaps = stream.gaps().list();
  return {
    input_id: address.inputId,
    service: address.service,
    status: statusOf(checkpoint),
    read_to: checkpoint?.read_to ?? null,
    reread_to: checkpoint?.sweeps.at(-1)?.read_to ?? null,
    backfill_ends: checkpoint?.backfill.length ? timeOf(checkpoint.backfill_ends_ms) : null,
    oldest_unread: [...(checkpoint?.backfill ?? []), ...gaps].map(({ from }) => from).sort()[0] ?? null,
    gaps: gaps.length,
    last_event_time_in_utc: checkpoint?.last_event_time_in_utc ?? null,
    records: checkpoint?.records ?? 0,
    duplicates: checkpoint?.duplicates ?? 0,
    seen: stream.seen().size,
    last_poll: timeOf(checkpoint?.last_poll_started_ms),
    last_success: timeOf(checkpoint?.last_success_ms),
  };
}

/** Nothing there and not allowed to look are different things. */
function statusOf(checkpoint: Checkpoint | null): string {
  if (checkpoint === null) return "no position";
  if (checkpoint.last_error !== null) return checkpoint.last_error;
  if (checkpoint.last_success_ms === null) return "not read yet";
  return checkpoint.records === 0 ? "no data yet" : "ok";
}

function timeOf(millis: number | null | undefined): string | null {
  return millis === null || millis === undefined ? null : new Date(millis).toISOString();
}

function table(state: State, addresses: readonly StreamAddress[]): string {
  if (addresses.length === 0) return "no positions yet\n";
  const rows = addresses.map((address) => {
    const row = rowOf(state, address);
    return [
      row.input_id,
      row.service,
      row.status,
      row.read_to ?? "-",
      row.oldest_unread ?? "-",
      row.backfill_ends ?? "-",
      row.reread_to ?? "-",
      String(row.gaps),
      row.last_event_time_in_utc ?? "-",
      String(row.records),
      String(row.seen),
      row.last_success ?? "-",
    ];
  });
  const head = [
    "INPUT",
    "SERVICE",
    "STATUS",
    "READ TO",
    "OLDEST UNREAD",
    "READ BY ABOUT",
    "RE-READ TO",
    "GAPS",
    "NEWEST RECORD",
    "SENT",
    "SEEN",
    "LAST SUCCESS",
  ];
  return layOut([head, ...rows]);
}
