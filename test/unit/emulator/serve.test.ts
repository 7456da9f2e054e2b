import { request } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Emulator } from "../../../src/emulator/emulator.ts";
import { defaultTenant } from "../../../src/emulator/options.ts";
import { type ServedEmulator, serveEmulator } from "../../../src/emulator/serve.ts";
import { emulate, text } from "./setup.ts";

let emulator: Emulator;
let served: ServedEmulator;
let authorization: string;

beforeEach(async () => {
  emulator = emulate({ quotas: "off", unevenPages: false });
  served = await serveEmulator(emulator);
  const form = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: defaultTenant.clientId,
    client_secret: defaultTenant.clientSecret,
    scope: `${served.url}/.default`,
  });
  const response = await fetch(`${served.url}/${defaultTenant.tenantId}/oauth2/v2.0/token`, {
    method: "POST",
    body: form,
  });
  authorization = `Bearer ${(await response.json() as { access_token: string }).access_token}`;
});

afterEach(() => served.close());

/** A client that shows the wire: what arrived, whether the message was whole. */
function get(path: string, headers: Record<string, string> = {}) {
  return new Promise<{ status: number; body: string; encoding: string | undefined; whole: boolean }>(
    (resolve, reject) => {
      const sent = request(`${served.url}${path}`, { headers: { authorization, ...headers } }, (response) => {
        let body = "";
        const end = () =>
          resolve({
            status: response.statusCode ?? 0,
            body,
            encoding: response.headers["content-encoding"],
            whole: response.complete,
          });
        response.on("data", (chunk: Uint8Array) => body += text(chunk)).on("end", end).on("error", end);
      });
      sent.on("error", reject).end();
    },
  );
}

describe("on a socket, the emulator", () => {
  it("listens on loopback and links to the address that was asked", async () => {
    expect(served.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const [record = new Uint8Array()] = emulator.produce("signIns", 2).reverse();
    const { body } = await get("/v1.0/auditLogs/signIns?$top=1");
    expect(body).toContain(`"value":[${text(record)}]`);
    expect(
      JSON.parse(body)["@odata.nextLink"].startsWith(
        `${served.url}/v1.0/auditLogs/signIns?$top=1&$skiptoken=`,
      ),
    ).toBe(true);
  });

  it("compresses when asked, and only then", async () => {
    expect((await get("/v1.0/auditLogs/signIns", { "accept-encoding": "gzip" })).encoding).toBe("gzip");
    expect((await get("/v1.0/auditLogs/signIns")).encoding).toBeUndefined();
  });

  it("sends a large page whole", async () => {
    for (let id = 0; id < 30; id++) {
      emulator.put("alerts_v2", JSON.stringify({ id, text: "x".repeat(100_000) }));
    }
    const { body } = await get("/v1.0/security/alerts_v2?$top=30", {
      prefer: "include-unknown-enum-members",
    });
    expect(JSON.parse(body).value).toHaveLength(30);
  });

  it("breaks the connection when a fault says so, in the middle and at once", async () => {
    emulator.produce("alerts_v2", 200);
    emulator.faults.add({ do: { kind: "reset", afterBytes: 100_000 } });
    const broken = await get("/v1.0/security/alerts_v2?$top=200");
    expect([broken.status, broken.whole]).toEqual([200, false]);
    expect(broken.body).not.toContain("ECONNRESET");
    emulator.faults.add({ do: { kind: "reset" } });
    await expect(get("/v1.0/security/alerts_v2")).rejects.toThrow(/hang up|reset|closed/i);
    expect((await get("/v1.0/security/alerts_v2?$top=1")).whole).toBe(true);
  });

  it("ends a truncated body as if it were whole", async () => {
    emulator.produce("alerts_v2", 200);
    emulator.faults.add({ do: { kind: "truncate", afterBytes: 100_000 } });
    const cut = await get("/v1.0/security/alerts_v2?$top=200");
    expect(cut.whole).toBe(true);
    expect(new TextEncoder().encode(cut.body).length).toBeLessThanOrEqual(100_010);
    expect(() => JSON.parse(cut.body)).toThrow();
  });

  it("closes, even while a body stalls", async () => {
    emulator.faults.add({ do: { kind: "stall", afterBytes: 10 } });
    const stalled = get("/v1.0/auditLogs/signIns");
    while (!emulator.requests.some(({ path }) => path.includes("signIns"))) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    // The stall has no end: a close that waited for it would not come back.
    await served.close();
    expect(await stalled.then(({ whole }) => whole, () => false)).toBe(false);
  });

  it("says so when the port is taken", async () => {
    const port = Number(new URL(served.url).port);
    await expect(serveEmulator(emulator, { port })).rejects.toThrow(
      expect.objectContaining({ code: "address-unavailable" }),
    );
  });
});
