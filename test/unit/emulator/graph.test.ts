import { describe, expect, it } from "vitest";
import type { ServedRecord } from "../../../src/emulator/emulator.ts";
import { fromMillis } from "../../../src/instant.ts";
import { bench, filtered, NOON } from "./setup.ts";

const SIGN_INS = "/v1.0/auditLogs/signIns";

describe("what the emulator serves", () => {
  it("is numbered, record by record, as often as it is asked for", async () => {
    const served: ServedRecord[] = [];
    const { emulator, pages } = await bench({ onServed: (one) => served.push(one) });
    const held = emulator.produce("signIns", 25, { from: fromMillis(NOON - 3_600_000) });
    await pages(`${SIGN_INS}?$top=10`);
    await pages(`${SIGN_INS}?$top=10`);
    expect(served.map(({ number }) => number)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
    expect(new Set(served.map(({ bytes }) => bytes))).toEqual(new Set(held));
  });

  it("can be broken where a filter asks for nothing new", async () => {
    const { emulator, get } = await bench();
    const fault = emulator.faults.add({
      match: { collection: "signIns", olderThanSeconds: 600, times: "always" },
      do: { kind: "status", status: 503 },
    });
    const upTo = async (time: string) => (await get(filtered(SIGN_INS, `createdDateTime le ${time}`))).status;
    expect(await upTo("2026-11-22T11:55:00Z")).toBe(200);
    expect(await upTo("2026-11-22T11:50:00Z")).toBe(503);
    expect((await get(SIGN_INS)).status, "without a bound").toBe(200);
    expect(fault.hits).toBe(1);
  });
});
