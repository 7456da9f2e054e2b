/** What came out, taken apart; whatever its format. */
import type { Buffer } from "node:buffer";
import type { LineFormat } from "../../../src/record/line.ts";
import { eventLine, wholeLines, withoutAdded } from "../../support/eventLines.ts";
import { COLLECTIONS } from "../../support/site.ts";
import type { Delivered } from "./judge.ts";

const DEVO_LINE = /^<14>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} \S+ [\w.-]+: (\{.*\})$/s;

/**
 * The records of whole lines; what follows the last line feed was cut off, and is no line.
 *
 * @throws when a line is torn, or two are joined
 */
export function deliveredIn(output: Buffer, format: LineFormat, life: number): Delivered[] {
  return wholeLines(output).map((line): Delivered => {
    if (format === "json") {
      const { service, record } = eventLine(line);
      return { record, collection: COLLECTIONS[service]!, life };
    }
    const event = format === "record" ? line : DEVO_LINE.exec(line)?.[1];
    if (event === undefined) throw new Error(`This is not a line of Devo: ${line.slice(0, 300)}`);
    JSON.parse(event);
    return { record: withoutAdded(event).record, collection: null, life };
  });
}
