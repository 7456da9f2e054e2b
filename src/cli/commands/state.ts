import type { ExitCode } from "../../errors.ts";
import { compareInstants, formatInstant, type Instant } from "../../instant.ts";
import { gapSeconds } from "../../state/gap.ts";
import { lostEntry } from "../../state/lostLedger.ts";
import type { Position } from "../../state/position.ts";
import type { StreamAddress } from "../../state/state.ts";
import { durationInWords } from "../../telemetry/duration.ts";
import { visibleLine } from "../../telemetry/visible.ts";
import { type Given, usage } from "../options.ts";
import { exportState } from "../exportState.ts";
import { importState } from "../importState.ts";
import { type ChosenState, openChosenState } from "../chosenState.ts";
import { shardOption } from "../selection.ts";
import type { Runtime } from "../../wiring/runtime.ts";
import { layOut } from "../table.ts";

const ACTIONS = ["show", "reset", "export", "import", "adopt"];

/** `graphtap state show|reset|export|import|adopt`: positions on disk, whether or not the configuration still names their streams. */
export async function run(given: Given, runtime: Runtime): Promise<ExitCode> {
  const [what = "show"] = given.words;
  if (!ACTIONS.includes(what)) {
    throw usage("state", `"${what}" is not an action; there are ${ACTIONS.join(", ")}`);
  }
  const moves = given.has("move");
  if (moves && what !== "export") throw usage("state", "--move goes with export");
  if (given.has("replace") && what !== "import") throw usage("state", "--replace goes with import");
  const changes = what === "reset" || what === "import" || moves;
  const opened = await openChosenState(given, runtime, !changes);
  try {
    if (what === "reset") reset(opened, runtime);
    else if (what === "import") await takeIn(opened, given, runtime);
    else if (what === "export") await exportState(opened, runtime, moves);
    else if (what === "adopt") adopt(opened, runtime);
    else await print(runtime, given.has("json") ? json(opened) : tables(opened));
    return 0;
  } finally {
    opened.state.close();
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

async function takeIn({ state, inputIds }: ChosenState, given: Given, runtime: Runtime): Promise<void> {
  if (inputIds.length > 1) {
    throw usage("state", "import takes one input at most: the one that all of it is for");
  }
  const options = { inputId: inputIds[0], replaces: given.has("replace"), shard: shardOption(given) };
  const lines = await importState(state, runtime.stdin(), options);
  for (const line of lines.length === 0 ? ["nothing to import: the export is of no stream"] : lines) {
    runtime.writeStderr(`${visibleLine(line)}\n`);
  }
}

/** Beside a running process, too: it looks before each poll. What was moved away is adopted only where it is named. */
function adopt({ state, isChosen, inputIds, nameOf }: ChosenState, runtime: Runtime): void {
  const there = state.list();
  const adopted = state.elsewhere.list().filter((address) =>
    isChosen(address) && (inputIds.length > 0 || !there.some((other) => isSame(other, address)))
  );
  state.elsewhere.remove(adopted);
  for (const { inputId, service } of adopted) {
    runtime.writeStderr(
      `${visibleLine(`adopted ${nameOf(inputId)} × ${service}`)}: it goes on at its next poll\n`,
    );
  }
  if (adopted.length === 0) runtime.writeStderr("nothing to adopt: no such stream waits for its position\n");
}

function isSame(one: StreamAddress, other: StreamAddress): boolean {
  return one.inputId === other.inputId && one.service === other.service;
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
    status: state.elsewhere.has(address) ? "elsewhere" : statusOf(position),
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
    seen: stream.seen().size(),
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
