import type { ExitCode } from "../../errors.ts";
import { compareInstants, formatInstant, type Instant } from "../../instant.ts";
import { checkpointOf } from "../../state/checkpoint.ts";
import { gapSeconds } from "../../state/gap.ts";
import { gapEntry } from "../../state/gapLedger.ts";
import { lostEntry } from "../../state/lostLedger.ts";
import type { Position } from "../../state/position.ts";
import type { State, StreamAddress } from "../../state/state.ts";
import { durationInWords } from "../../telemetry/duration.ts";
import { visibleLine } from "../../telemetry/visible.ts";
import { type Given, usage } from "../options.ts";
import { readWholeStream } from "../../files/wholeFile.ts";
import { importState } from "../importState.ts";
import { type ChosenState, openChosenState } from "../chosenState.ts";
import type { Runtime } from "../../wiring/runtime.ts";
import { layOut } from "../table.ts";

/** `graphtap state show|reset|export|import`: positions on disk, whether or not the configuration still names their streams. */
export async function run(given: Given, runtime: Runtime): Promise<ExitCode> {
  const [what = "show"] = given.words;
  if (!["show", "reset", "export", "import"].includes(what)) {
    throw usage("state", `"${what}" is not an action; there are show, reset, export and import`);
  }
  const changes = what === "reset" || what === "import";
  const opened = await openChosenState(given, runtime, !changes);
  const { state, chosen, inputIds } = opened;
  try {
    if (what === "reset") reset(opened, runtime);
    else if (what === "import") await takeIn(state, inputIds, runtime);
    else if (what === "export") await print(runtime, exported(state, chosen));
    else await print(runtime, given.has("json") ? json(opened) : tables(opened));
    return 0;
  } finally {
    state.close();
  }
}

function print(runtime: Runtime, text: string): Promise<void> {
  return runtime.writeStdout(new TextEncoder().encode(text));
}

function reset({ state, chosen, nameOf }: ChosenState, runtime: Runtime): void {
  for (const address of chosen) {
    const stream = state.stream(address);
    const forgotten = gapSeconds(stream.gaps().list());
    stream.reset();
    const also = forgotten === 0 ? "" : `; ${durationInWords(forgotten)} of gaps are not tried again`;
    runtime.writeStderr(
      `reset ${
        visibleLine(`${nameOf(address.inputId)} × ${address.service}`)
      }: it begins again at its configured start${also}\n`,
    );
  }
  if (chosen.length === 0) runtime.writeStderr("nothing to reset: no such stream has a position\n");
}

async function takeIn(state: State, inputIds: readonly string[], runtime: Runtime): Promise<void> {
  if (inputIds.length > 1) {
    throw usage("state", "import takes one --input at most: the one that all of it is for");
  }
  const text = (await readWholeStream(runtime.stdin())).toString("utf8");
  for (const line of importState(state, text, inputIds[0])) runtime.writeStderr(`${line}\n`);
}

/** Checkpoints, gaps and what is lost as they are on the disk, a stream a line. */
function exported(state: State, addresses: readonly StreamAddress[]): string {
  return addresses.map((address) => {
    const stream = state.stream(address);
    const position = stream.loadPosition();
    const checkpoint = position === null ? null : checkpointOf(position, address);
    const gaps = stream.gaps().list().map(gapEntry);
    const lost = stream.lost().list().map(lostEntry);
    return `${JSON.stringify({ checkpoint, gaps, ...(lost.length === 0 ? {} : { lost }) })}\n`;
  }).join("");
}

function json(opened: ChosenState): string {
  return `${JSON.stringify(opened.chosen.map((address) => rowOf(opened, address)), null, 2)}\n`;
}

function rowOf({ state, nameOf }: ChosenState, address: StreamAddress) {
  const stream = state.stream(address);
  const position = stream.loadPosition();
  const gaps = stream.gaps().list();
  const lost = stream.lost().list();
  const unread = [...(position?.backfill ?? []), ...gaps].map(({ from }) => from);
  return {
    input: nameOf(address.inputId),
    input_id: address.inputId,
    service: address.service,
    status: statusOf(position),
    read_to: textOf(position?.watermark),
    reread_to: textOf(position?.rereads.at(-1)?.readTo),
    backfill_ends: position?.backfill.length ? timeOf(position.backfillEndsMs) : null,
    oldest_unread: textOf(unread.sort(compareInstants)[0]),
    gaps: gaps.length,
    gap_seconds: gapSeconds(gaps),
    lost_seconds: gapSeconds(lost),
    lost_ranges: lost.map(lostEntry),
    last_event_time_in_utc: textOf(position?.newest?.time),
    records: position?.records ?? 0,
    duplicates: position?.duplicates ?? 0,
    seen: stream.seen().size,
    last_poll: timeOf(position?.lastPollStartedMs),
    last_success: timeOf(position?.lastSuccessMs),
  };
}

/** Nothing there and not allowed to look are different things. */
function statusOf(position: Position | null): string {
  if (position === null) return "no position";
  if (position.lastError !== null) return position.lastError;
  if (position.lastSuccessMs === null) return "not read yet";
  return position.records === 0 ? "no data yet" : "ok";
}

function textOf(instant: Instant | null | undefined): string | null {
  return instant === null || instant === undefined ? null : formatInstant(instant);
}

function timeOf(millis: number | null | undefined): string | null {
  return millis === null || millis === undefined ? null : new Date(millis).toISOString();
}

const HEAD = ["SERVICE", "STATUS", "READ TO", "GAPS", "SENT", "SEEN", "LAST SUCCESS"];

/** A table for each input, narrow enough for a terminal; what is not in its columns stands below its row. */
function tables(opened: ChosenState): string {
  const rows = opened.chosen.map((address) => rowOf(opened, address));
  if (rows.length === 0) return "no positions yet\n";
  const inputs = [...new Set(rows.map(({ input_id }) => input_id))];
  return inputs.map((id) => table(rows.filter(({ input_id }) => input_id === id))).join("\n");
}

type Row = ReturnType<typeof rowOf>;

function table(rows: readonly Row[]): string {
  const { input, input_id } = rows[0]!;
  const cells = rows.map((row) => [
    row.service,
    row.status,
    seconds(row.read_to),
    row.gaps === 0 ? "0" : `${row.gaps} (${durationInWords(row.gap_seconds)})`,
    String(row.records),
    String(row.seen),
    seconds(row.last_success),
  ]);
  const [head, ...lines] = layOut([HEAD, ...cells]).split("\n");
  const below = rows.map((row, index) => [lines[index]!, ...details(row)].join("\n"));
  const name = visibleLine(input === input_id ? input : `${input} (id ${input_id})`);
  return `${name}\n${[head, ...below].join("\n")}\n`;
}

function details(
  { oldest_unread, backfill_ends, lost_seconds, reread_to, last_event_time_in_utc }: Row,
): string[] {
  const unread = [
    ...(oldest_unread === null ? [] : [`unread from ${seconds(oldest_unread)} on`]),
    ...(backfill_ends === null ? [] : [`read by about ${seconds(backfill_ends)}`]),
  ];
  const read = [
    ...(last_event_time_in_utc === null ? [] : [`newest record ${seconds(last_event_time_in_utc)}`]),
    ...(reread_to === null ? [] : [`re-read to ${seconds(reread_to)}`]),
  ];
  const gone = lost_seconds === 0
    ? []
    : [`${durationInWords(lost_seconds)} lost for good: see graphtap gaps`];
  return [unread, gone, read].filter((parts) => parts.length > 0).map((parts) => `  ${parts.join(", ")}`);
}

/** A time without its fraction. */
function seconds(time: string | null): string {
  return time === null ? "-" : time.replace(/\.\d+/, "");
}
