import type { ByteBuilder } from "../json/builder.ts";
import { appendOneLine, appendRecord } from "../json/splice.ts";

/** The three shapes of an event line. */
export type LineFormat = "json" | "devo" | "record";

export const LINE_FORMATS: readonly LineFormat[] = ["json", "devo", "record"];

export interface LineOptions {
  readonly format: LineFormat;
  readonly service: string;
  readonly input: string;
  /** HOST of the `devo` format. */
  readonly hostname: string;
  /** Goes into the record as `@devo_environment`, unless `null`. */
  readonly environment: string | null;
  /** Milliseconds since the epoch when the pull began: its id, and the date of the `devo` format. */
  readonly pullStartedMs: number;
}

/**
 * Appends one event line, line feed included, to `out`.
 *
 * @param fields slices of the record's raw id and time, as {@linkcode FieldReader} gives them: id's start and end,
 * time's start and end, -1 where the record has none
 * @param oneLine Whether the record is known to hold no raw line break. @default false
 */
export type LineWriter = (
  out: ByteBuilder,
  tag: string,
  bytes: Uint8Array,
  start: number,
  end: number,
  fields: Int32Array,
  oneLine?: boolean,
) => void;

const encoder = new TextEncoder();
const LINE_FEED = 0x0a;
const NULL = encoder.encode("null");
const TIME = encoder.encode(',"time":');
const EVENT = encoder.encode(',"event":');
const END = encoder.encode("}");

/** Everything of a line that does not change within a pull is encoded once. */
export function createLineWriter(options: LineOptions): LineWriter {
  const members = encoder.encode(addedFields(options.environment, options.pullStartedMs));
  const heads = new Map<string, Uint8Array>();
  const headOf = (tag: string) => {
    let head = heads.get(tag);
    if (head === undefined) heads.set(tag, head = encoder.encode(lineHead(tag, options)));
    return head;
  };
  if (options.format === "record") {
    return (out, _tag, bytes, start, end, _fields, oneLine) => {
      appendRecord(out, bytes, start, end, members, oneLine);
      out.appendByte(LINE_FEED);
    };
  }
  if (options.format === "devo") {
    return (out, tag, bytes, start, end, _fields, oneLine) => {
      out.append(headOf(tag));
      appendRecord(out, bytes, start, end, members, oneLine);
      out.appendByte(LINE_FEED);
    };
  }
  return (out, tag, bytes, start, end, fields, oneLine) => {
    out.append(headOf(tag));
    appendValue(out, bytes, fields[0]!, fields[1]!, oneLine);
    out.append(TIME);
    appendValue(out, bytes, fields[2]!, fields[3]!, oneLine);
    out.append(EVENT);
    appendRecord(out, bytes, start, end, members, oneLine);
    out.append(END);
    out.appendByte(LINE_FEED);
  };
}

/** `@devo_environment` when there is one, then `@devo_pulling_id`, as JSON members. */
function addedFields(environment: string | null, pullStartedMs: number): string {
  const first = environment === null ? "" : `"@devo_environment":${JSON.stringify(environment)},`;
  return `${first}"@devo_pulling_id":"${pullStartedMs}"`;
}

function lineHead(tag: string, { format, service, input, hostname, pullStartedMs }: LineOptions): string {
  if (format === "devo") {
    const date = new Date(pullStartedMs).toISOString().replace("T", " ").replace("Z", "");
    return `<14>${date} ${hostToken(hostname)} ${tag}: `;
  }
  const fields = `"tag":${JSON.stringify(tag)},"service":${JSON.stringify(service)},"input":${
    JSON.stringify(input)
  }`;
  return `{${fields},"id":`;
}

/** A host as syslog has it: one word. A name that is none must not shift the tag. */
function hostToken(hostname: string): string {
  return hostname.replace(/[^\x21-\x7e]/g, "_") || "localhost";
}

function appendValue(
  out: ByteBuilder,
  bytes: Uint8Array,
  start: number,
  end: number,
  oneLine?: boolean,
): void {
  if (start < 0) out.append(NULL);
  else appendOneLine(out, bytes, start, end, oneLine);
}
