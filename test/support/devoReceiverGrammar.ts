/** The line that Devo documents: `<PRI>DATE HOST TAG: MESSAGE`, one space between, no control character anywhere. */
import type { Buffer } from "node:buffer";

/** A line taken apart; each character of `text` and `message` is one byte. */
export interface DevoLine {
  readonly text: string;
  readonly date: string;
  readonly host: string;
  readonly tag: string;
  readonly message: string;
}

const DATES = [
  // What every collector of Devo's own sends: UTC.
  String.raw`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{3})?`,
  String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)`,
  String.raw`[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d`,
];
const LINE = new RegExp(String.raw`^<(\d{1,3})>(${DATES.join("|")}) ([^\s<>]+) ([^\s:]+): (.+)$`, "s");
const TAG = /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+$/;
const LONGEST_TAG = 1024;

/** Takes a frame apart. @returns the reason when it is not such a line */
export function readDevoLine(frame: Buffer): DevoLine | string {
  const text = frame.toString("latin1");
  if (text === "") return "an empty line";
  const raw = /[\0\r\n]/.exec(text);
  if (raw !== null) return `a raw byte ${raw[0].charCodeAt(0)} inside: ${shown(text)}`;
  const [, priority = "", date = "", host = "", tag = "", message = ""] = LINE.exec(text) ?? [];
  if (message === "") return `not <PRI>DATE HOST TAG: MESSAGE: ${shown(text)}`;
  if (Number(priority) > 191) return `priority ${priority}`;
  if (!TAG.test(tag) || tag.length > LONGEST_TAG) return `tag "${shown(tag)}"`;
  const unicode = frame.toString("utf8");
  if (unicode.includes("\uFFFD") && !frame.includes("\uFFFD")) return `not UTF-8: ${shown(text)}`;
  return { text, date, host, tag, message };
}

function shown(text: string): string {
  return text.length > 160 ? `${text.slice(0, 120)}… (${text.length} bytes)` : text;
}
