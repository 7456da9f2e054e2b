import type { Buffer } from "node:buffer";

/** An event line of `--format json`, taken apart as text: nothing in it was parsed and written again. */
export interface EventLine {
  readonly tag: string;
  readonly service: string;
  readonly input: string;
  /** Raw JSON: a string with its quotes, or null. */
  readonly id: string;
  readonly time: string;
  /** The record without what was added to it; each character is one byte. */
  readonly record: string;
  readonly environment: string | null;
  readonly pullingId: string;
}

const STRING = `"(?:[^"\\\\]|\\\\.)*"`;
const LINE = new RegExp(
  `^\\{"tag":(${STRING}),"service":(${STRING}),"input":(${STRING}),"id":(${STRING}|null),` +
    `"time":(${STRING}|null),"event":(\\{.*\\})\\}$`,
  "s",
);
const ADDED = /(?:,|(?<=^\{))(?:"@devo_environment":"([^"]*)",)?"@devo_pulling_id":"(\d+)"\}$/;

/** The whole lines of an output, one character a byte. What follows the last line feed is no line. */
export function wholeLines(output: Buffer): string[] {
  return output.toString("latin1").split("\n").slice(0, -1);
}

/** Takes every whole line apart. @throws when one is not an event line, or not JSON */
export function eventLines(output: Buffer): EventLine[] {
  return wholeLines(output).map(eventLine);
}

export function eventLine(line: string): EventLine {
  JSON.parse(line);
  const [, tag = "", service = "", input = "", id = "", time = "", event = ""] = LINE.exec(line) ?? [];
  if (event === "") throw new Error(`This is not an event line: ${line.slice(0, 300)}`);
  return {
    tag: JSON.parse(tag) as string,
    service: JSON.parse(service) as string,
    input: JSON.parse(input) as string,
    id,
    time,
    ...withoutAdded(event),
  };
}

/** Cuts the added members off an event's end. */
export function withoutAdded(
  event: string,
): { record: string; environment: string | null; pullingId: string } {
  const found = ADDED.exec(event);
  if (found === null) throw new Error(`This event lacks the added fields: …${event.slice(-100)}`);
  const [, environment = null, pullingId = ""] = found;
  return { record: `${event.slice(0, found.index)}}`, environment, pullingId };
}

/** What a delivery lacks, has too often, and has from nowhere: how many, and the first few. */
export interface Tally {
  readonly missing: readonly string[];
  readonly repeated: readonly string[];
  readonly foreign: readonly string[];
}

/** Compares records, byte for byte, with what was to be delivered. */
export function tally(wanted: readonly string[], got: readonly string[]): Tally {
  const counts = new Map<string, number>();
  for (const record of got) counts.set(record, (counts.get(record) ?? 0) + 1);
  const known = new Set(wanted);
  return {
    missing: some(wanted.filter((record) => !counts.has(record))),
    repeated: some([...known].filter((record) => (counts.get(record) ?? 0) > 1)),
    foreign: some([...counts.keys()].filter((record) => !known.has(record))),
  };
}

/** A delivery without a flaw. */
export const EXACT: Tally = { missing: [], repeated: [], foreign: [] };

function some(records: readonly string[]): string[] {
  const first = records.slice(0, 2).map((record) => record.slice(0, 100));
  return records.length > 2 ? [...first, `and ${records.length - 2} more`] : first;
}
