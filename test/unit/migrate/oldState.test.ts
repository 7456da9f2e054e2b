import { Buffer } from "node:buffer";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { formatInstant } from "../../../src/instant.ts";
import { findOldPositions } from "../../../src/migrate/oldState.ts";
import { tempFolder } from "../../support/tempFolder.ts";

const ADDRESS = { inputs: ["microsoft_graph"], ids: ["1"], services: ["audit"] };
/** MD5 of "microsoft_graph;1;audit;None". */
const FILE = "b7dee89daab6f63e52f5f3eb3b720320";

/** What is found in a file of these bytes, each character one byte. */
function found(text: string) {
  const folder = tempFolder();
  writeFileSync(join(folder, FILE), Buffer.from(text, "latin1"));
  const [position] = findOldPositions(folder, [FILE], ADDRESS);
  const { readTo, ids, problem } = position!;
  return { readTo: readTo === null ? null : formatInstant(readTo), ids, problem };
}

const READ_TO = "Vlast_polled_timestamp\nV2026-11-20T10:00:00Z\n";

describe("what the old collector left", () => {
  it("is found by its name, wherever in the file the position stands", () => {
    expect(found(`(dVstate\n(d${READ_TO}sVlast_ids\n(lVa\naVb\nass.`)).toEqual({
      readTo: "2026-11-20T10:00:00Z",
      ids: ["a", "b"],
      problem: null,
    });
  });

  it.each([
    ["$filter=createdDateTime ge 2026-11-20T08:30:00Z and createdDateTime le 2026-11-20T11:00:00Z", "08:30"],
    ["%24filter=activityDateTime%20ge%202026-11-20T08%3A30%3A00Z&%24skiptoken=x", "08:30"],
    ["$filter=activityDateTime+gt+2026-11-20T08:30:00.5Z", "08:30"],
    ["$filter=activityDateTime+ge+2026-11-21T08:30:00Z", "10:00"],
    ["$skiptoken=x", "10:00"],
  ])("begins with the window whose pages were not all read: %s", (query, time) => {
    const next_link = `https://graph.microsoft.com/v1.0/auditLogs/signIns?${query}`;
    const { readTo } = found(JSON.stringify({ last_event_time_in_utc: "2026-11-20T10:00:00Z", next_link }));
    expect(readTo).toContain(`2026-11-20T${time}:00`);
  });

  it("is read to its end when a part stands within itself, again and again", () => {
    // A list that holds itself a thousand times, below the position.
    const itself = `(lp1\n${"g1\na".repeat(1000)}`;
    expect(found(`(dVold\n${itself}s${READ_TO}s.`)).toMatchObject({ readTo: "2026-11-20T10:00:00Z" });
  });

  it("is read to its end when parts double at each of sixty steps", () => {
    const doubled = Array.from({ length: 60 }, (_, at) => `(lp${at + 1}\ng${at}\nag${at}\na`).join("");
    const steps = `(lp0\n${doubled}`;
    expect(found(`(dVold\n(${steps}ts${READ_TO}s.`)).toMatchObject({ readTo: "2026-11-20T10:00:00Z" });
  });

  it("is told to be neither a pickle nor JSON, or refused, and tells no time then", () => {
    expect(found("cos\nsystem\n(S'id'\ntR.").problem).toMatch(/^refused: the function "os\.system"/);
    expect(found("{not json").problem).toBe("it is neither a pickle nor JSON");
    expect(found("(dVlast_ids\n(ls.").problem).toBe("it tells no time");
  });
});
