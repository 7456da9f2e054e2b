import { describe, expect, it } from "vitest";
import type { Emulator } from "../../../src/emulator/emulator.ts";
import { bench, emulate, idOf, text } from "./setup.ts";

describe("the emulator's own routes", () => {
  const admin = (emulator: Emulator, path: string, body?: unknown) =>
    emulator.fetch(
      new Request(
        `http://emulator.test/_emulator/${path}`,
        body === undefined ? {} : {
          method: "POST",
          body: typeof body === "string" ? body : JSON.stringify(body),
        },
      ),
    );

  it("produce, update and list records with their exact bytes", async () => {
    const emulator = emulate();
    await admin(emulator, "produce", {
      collection: "alerts",
      count: 2,
      from: "2026-11-22T10:00:00Z",
      to: "2026-11-22T11:00:00Z",
    });
    const [first = new Uint8Array()] = emulator.records("alerts");
    expect(text(first)).toContain('"lastModifiedDateTime":"2026-11-22T10:00:0');
    const changed = await (await admin(emulator, "update", { collection: "alerts", id: idOf(first) })).text();
    expect(changed).toBe(`${text(emulator.records("alerts")[0] ?? first)}\n`);
    const listed = await (await admin(emulator, "records?collection=alerts")).text();
    expect(listed).toBe(emulator.records("alerts").map((record) => `${text(record)}\n`).join(""));
  });

  it("put a record as it is", async () => {
    const emulator = emulate();
    await admin(emulator, "put?collection=signIns", '{"id":"x","n":1.0}');
    expect(emulator.records("signIns").map(text)).toEqual(['{"id":"x","n":1.0}']);
  });

  it("switch faults on and off, and list requests", async () => {
    const { emulator, get } = await bench();
    expect(await (await admin(emulator, "faults", { do: { kind: "html" } })).json()).toEqual({ added: 1 });
    expect((await get("/v1.0/auditLogs/signIns")).status).toBe(502);
    await admin(emulator, "faults", [{ do: { kind: "html" } }]);
    await emulator.fetch(new Request("http://emulator.test/_emulator/faults", { method: "DELETE" }));
    expect(await (await admin(emulator, "faults")).json()).toEqual([]);
    expect(await (await admin(emulator, "requests")).json()).toHaveLength(2);
  });

  it.each([
    ["produce", { collection: "users", count: 1 }],
    ["produce", { collection: "alerts", count: 1, from: "yesterday" }],
    ["produce", "no json"],
    ["update", { collection: "alerts", id: "none" }],
    ["faults", { do: { kind: "none" } }],
    ["put?collection=alerts", "[]"],
    ["records", undefined],
  ])("refuse a wrong request to %s in one line", async (path, body) => {
    const response = await admin(emulate(), path, body);
    expect(response.status).toBe(400);
    expect((await response.json() as { error: string }).error).toMatch(/^Cannot .+$/);
  });
});
