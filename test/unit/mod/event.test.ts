import { describe, expect, it } from "vitest";
import { eventsOf } from "../../../src/mod/event.ts";

const lineOf = (members: object, record: string) => {
  const head = { tag: "a.b.c.d", service: "signIns", input: "contoso", id: "1", time: null, ...members };
  return `${JSON.stringify(head).slice(0, -1)},"event":${record}}\n`;
};
const bytes = (text: string) => new TextEncoder().encode(text);

describe("the events of lines", () => {
  it("have the text of the record as Graph wrote it", () => {
    const record = '{"n":12345678901234567890,"a":1.0,"a":"\\u00e9"}';
    const [event] = eventsOf(bytes(lineOf({ time: "2026-11-22T16:00:00.1234567Z" }, record)));
    expect({ ...event, record: null }).toEqual({
      tag: "a.b.c.d",
      service: "signIns",
      input: "contoso",
      id: "1",
      time: "2026-11-22T16:00:00.1234567Z",
      text: record,
      record: null,
    });
    expect(event!.record["a"]).toBe("é");
  });

  it.each(['","event":{', '\\","event":{"', '{"event":1}'])("are not led astray by the id %j", (id) => {
    const [event] = eventsOf(bytes(lineOf({ id }, '{"event":"x"}')));
    expect([event!.id, event!.text]).toEqual([id, '{"event":"x"}']);
  });

  it("are as many as there are lines", () => {
    expect(eventsOf(new Uint8Array())).toEqual([]);
    const two = eventsOf(bytes(lineOf({ id: "1" }, "{}") + lineOf({ id: "2" }, "{}")));
    expect(two.map(({ id }) => id)).toEqual(["1", "2"]);
  });
});
