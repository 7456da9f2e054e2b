/** What a program that imports graphtap gets for a record. */

const EVENT = ',"event":';
const LINE_FEED = 0x0a;

/**
 * One record of Graph, with the fields that are added to it.
 *
 * @example Of the lines that a sink of one's own gets
 * ```ts
 * import { eventsOf } from "@graphtap/graphtap";
 *
 * const line = '{"tag":"a.b","service":"signIns","input":"contoso","id":"66ea","time":null,"event":{"id":"66ea","n":1.0}}\n';
 * const [event] = eventsOf(new TextEncoder().encode(line));
 * if (event?.service !== "signIns" || event.text !== '{"id":"66ea","n":1.0}') throw new Error("not the record");
 * ```
 */
export interface TapEvent {
  /** The destination tag, as Devo knows it. */
  readonly tag: string;
  /** Name of the service. */
  readonly service: string;
  /** Key of the input in the configuration. */
  readonly input: string;
  /** The record's own id; `null` when it has none. */
  readonly id: string | null;
  /** The record's own time, as Graph wrote it; `null` when it has none. */
  readonly time: string | null;
  /** The record as Graph wrote it, the added fields at its end: an object in JSON. */
  readonly text: string;
  /** The same, parsed. Parsing loses what JavaScript cannot hold, such as the digits of a large number. */
  readonly record: Readonly<Record<string, unknown>>;
}

/** An event that whoever reads has not accepted yet. */
export interface PendingEvent extends TapEvent {
  /**
   * Takes responsibility for it: it does not come again. To ask for the next event does the same, so this is for who
   * breaks off.
   */
  accept(): void;
}

/**
 * The event of each line.
 *
 * @param lines whole lines in the format "json", as a sink gets them; bytes that are not UTF-8 become U+FFFD
 */
export function eventsOf(lines: Uint8Array): TapEvent[] {
  const events: TapEvent[] = [];
  for (let at = 0; at < lines.length;) {
    const end = lines.indexOf(LINE_FEED, at);
    const next = end < 0 ? lines.length : end;
    events.push(eventOf(lines.subarray(at, next)));
    at = next + 1;
  }
  return events;
}

/** @param line without its line feed */
export function eventOf(line: Uint8Array): TapEvent {
  const whole = new TextDecoder().decode(line);
  // A quotation mark within a text has a backslash before it, so this stands in none.
  const at = whole.indexOf(EVENT);
  const { tag, service, input, id, time } = JSON.parse(`${whole.slice(0, at)}}`) as Omit<
    TapEvent,
    "text" | "record"
  >;
  const text = whole.slice(at + EVENT.length, -1);
  return {
    tag,
    service,
    input,
    id,
    time,
    text,
    get record() {
      return JSON.parse(text);
    },
  };
}
