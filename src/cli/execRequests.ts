/** The requests of `graphtap exec`: lines of standard input. */
import { Buffer } from "node:buffer";
import * as z from "zod";
import { GraphtapError } from "../errors.ts";
import type { Selection } from "../server/pull/select.ts";

/** A request is short; what is longer is a mistake, and must not fill the memory. */
const LONGEST_LINE_BYTES = 65_536;
const LINE_FEED = 0x0a;

/**
 * Cuts bytes into lines, without their ends; `null` stands for a line that is too long. What follows the last line
 * feed is a line if it is not empty.
 */
export async function* linesOf(
  chunks: AsyncIterable<Uint8Array>,
  longest: number = LONGEST_LINE_BYTES,
): AsyncGenerator<string | null> {
  let pieces: Uint8Array[] = [];
  let length = 0;
  const take = (piece: Uint8Array) => {
    length += piece.length;
    // Beyond the limit only the length counts.
    pieces = length > longest ? [] : [...pieces, piece];
  };
  const line = () => {
    const text = length > longest ? null : Buffer.concat(pieces).toString("utf8").replace(/\r$/, "");
    pieces = [];
    length = 0;
    return text;
  };
  for await (const chunk of chunks) {
    let from = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, from)) {
      take(chunk.subarray(from, end));
      yield line();
      from = end + 1;
    }
    take(chunk.slice(from));
  }
  if (length > 0) yield line();
}

const names = z.union([z.string(), z.array(z.string())]).optional();
const requestSchema = z.strictObject({ service: names, input: names });

/**
 * Reads a line of standard input: `{"service":"signIns","input":"contoso"}`, either left out or a list; an empty
 * line asks for everything.
 *
 * @param line `null` for one that was too long
 * @throws usage
 */
export function parseExecRequest(line: string | null): Selection {
  if (line === null) throw wrong("the line is too long");
  if (line.trim() === "") return { services: [], inputs: [] };
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw wrong("the line is not JSON");
  }
  const request = requestSchema.safeParse(value);
  if (!request.success) throw wrong(request.error.issues.map(({ message }) => message).join("; "));
  const { service = [], input = [] } = request.data;
  return { services: [service].flat(), inputs: [input].flat() };
}

function wrong(what: string): GraphtapError {
  return new GraphtapError(
    "usage",
    `Cannot read the request: ${what}; expected an empty line or {"service":…,"input":…}`,
  );
}
