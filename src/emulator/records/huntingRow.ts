import type { Plugin } from "../../plugin/plugin.ts";
import { object, scalar, ticks, time } from "./json.ts";
import type { Recipe } from "./recipe.ts";
import type { Sample } from "./samples.ts";

/** Values of `ActionType`, and in the place of any other text that a tag is chosen by. */
const ACTIONS = ["LogonSuccess", "LogonFailed", "ConnectionSuccess", "ProcessCreated"];

/**
 * Rows of a table of advanced hunting, whatever table it is: no id, and `ReportId` tells rows of one device apart at most
 * (advanced-hunting-deviceevents-table).
 */
export function huntingSample({ cursor, tag }: Plugin): Sample {
  const field = cursor.field ?? "Timestamp";
  const make = ({ random, cast, n, at, room }: Recipe) => {
    const person = random.pick(cast.people);
    const chosen = typeof tag === "string" ? [] : Object.keys(tag.tags);
    return object([
      [field, time(ticks(at, random, room))],
      ["ReportId", String(1 + n % 50)],
      ["DeviceName", n % 5 === 4 ? "null" : scalar(`pc-${n % 7}.contoso.example`)],
      ["AccountUpn", scalar(person.upn)],
      ["ActionType", scalar(random.pick(ACTIONS))],
      // A column of JSON is a text in the row.
      ["AdditionalFields", scalar(JSON.stringify({ note: `“${person.name}” no. ${n}` }))],
      // Neither survives being parsed and written again.
      ["Weight", n % 3 === 0 ? "1.0" : "12345678901234567890"],
      ...(typeof tag === "string" || ["ReportId", "DeviceName", "ActionType"].includes(tag.field)
        ? []
        : [[tag.field, scalar(random.pick([...chosen, "other"]))] as const]),
    ]);
  };
  return { make };
}
