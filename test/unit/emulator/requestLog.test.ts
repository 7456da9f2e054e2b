import { describe, expect, it } from "vitest";
import { defaultTenant } from "../../../src/emulator/options.ts";
import { bench, NOON } from "./setup.ts";

describe("the request log", () => {
  it("says what was asked, and what came of it", async () => {
    const { emulator, get } = await bench();
    emulator.produce("signIns", 3);
    await get("/v1.0/auditLogs/signIns?$top=2&$filter=userId ne 'x'", { headers: { prefer: "p" } });
    await get("/v1.0/auditLogs/signIns?$top=2", { headers: { "client-request-id": "c" } });
    const [, refused, served] = emulator.requests;
    expect(refused).toMatchObject({
      status: 400,
      reason: '"userId" does not know "ne"',
      filter: "userId ne 'x'",
      top: "2",
      page: null,
      headers: { prefer: "p" },
    });
    expect(served).toMatchObject({
      at: NOON,
      method: "GET",
      path: "/v1.0/auditLogs/signIns",
      collection: "signIns",
      status: 200,
      page: 0,
      records: 2,
      tokenId: "token-1",
      tenantId: defaultTenant.tenantId,
      headers: { "client-request-id": "c", prefer: null },
    });
  });
});
