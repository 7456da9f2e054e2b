import { describe, expect, it } from "vitest";
import type { Fault } from "../../../src/emulator/faults.ts";
import { fromMillis } from "../../../src/instant.ts";
import { bench, filtered, NOON } from "./setup.ts";

const PATH = "/v1.0/auditLogs/signIns";

async function faulty(action: Fault["do"], match: Fault["match"] = {}) {
  const one = await bench();
  one.emulator.produce("signIns", 30, { from: fromMillis(NOON - 60_000) });
  const fault = one.emulator.faults.add({ match, do: action });
  return { ...one, fault };
}

describe("a fault answers", () => {
  it("with a status, a Graph body and Retry-After in seconds", async () => {
    const { get } = await faulty({ kind: "status", status: 429, retryAfter: 12 });
    const response = await get(PATH);
    expect(response.headers.get("retry-after")).toBe("12");
    expect(await response.json()).toHaveProperty("error.code", "TooManyRequests");
  });

  it("with Retry-After as a date", async () => {
    const { get } = await faulty({ kind: "status", status: 503, retryAfterDate: 30 });
    expect((await get(PATH)).headers.get("retry-after")).toBe(new Date(NOON + 30_000).toUTCString());
  });

  it("with a body of one's own", async () => {
    const { get } = await faulty({
      kind: "status",
      status: 502,
      body: { error: { code: "UnknownError", message: "" } },
    });
    expect(await (await get(PATH)).text()).toBe('{"error":{"code":"UnknownError","message":""}}');
  });

  it("with a page of HTML", async () => {
    const { get } = await faulty({ kind: "html" });
    const response = await get(PATH);
    expect([response.status, response.headers.get("content-type")]).toEqual([502, "text/html"]);
  });

  it("with an error body and 200", async () => {
    const { get } = await faulty({ kind: "errorBody200" });
    const response = await get(PATH);
    expect(response.status).toBe(200);
    expect(await response.json()).toHaveProperty("error");
  });

  it("with a redirect", async () => {
    const { get } = await faulty({ kind: "redirect", location: "https://graph.example.net/" });
    expect((await get(PATH, { redirect: "manual" })).headers.get("location")).toBe(
      "https://graph.example.net/",
    );
  });

  it("late", async () => {
    const { get, clock } = await faulty({ kind: "delay", ms: 90_000 });
    expect((await get(PATH)).status).toBe(200);
    expect(clock.now()).toBe(NOON + 90_000);
  });
});

describe("a fault spoils", () => {
  it("the body: it breaks off", async () => {
    const { get } = await faulty({ kind: "reset", afterBytes: 100 });
    const response = await get(PATH);
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toMatchObject({ code: "ECONNRESET" });
  });

  it("the connection: there is no answer", async () => {
    const { get, emulator } = await faulty({ kind: "reset" });
    await expect(get(PATH)).rejects.toMatchObject({ name: "TypeError", cause: { code: "ECONNRESET" } });
    expect(emulator.requests.at(-1)).toMatchObject({ collection: "signIns", status: 0 });
  });

  it("the body: it ends too early", async () => {
    const { get } = await faulty({ kind: "truncate", afterBytes: 100 });
    expect(await (await get(PATH)).text()).toHaveLength(100);
  });

  it("the compressed body: it ends too early", async () => {
    const { get } = await faulty({ kind: "truncateGzip", afterBytes: 50 });
    const response = await get(PATH);
    expect(response.headers.get("content-encoding")).toBe("gzip");
    expect(await response.arrayBuffer()).toHaveProperty("byteLength", 50);
  });

  it("the body: it stalls until the client gives up", async () => {
    const { get } = await faulty({ kind: "stall", afterBytes: 100 });
    const giveUp = new AbortController();
    const response = await get(PATH, { signal: giveUp.signal });
    const reader = response.body?.getReader();
    expect((await reader?.read())?.value).toHaveLength(100);
    const next = reader?.read();
    giveUp.abort(new Error("enough"));
    await expect(next).rejects.toThrow("enough");
  });

  it("the body: it trickles", async () => {
    const { get, clock } = await faulty({ kind: "dribble", bytes: 10_000, ms: 1000 });
    const body = await (await get(PATH)).text();
    expect(JSON.parse(body)).toHaveProperty("value");
    expect(clock.now() - NOON).toBe(Math.ceil(body.length / 10_000) * 1000);
  });

  it("the page: it is no JSON", async () => {
    const { get } = await faulty({ kind: "invalidJson" });
    await expect((await get(PATH)).json()).rejects.toThrow(SyntaxError);
  });

  it("the page: it is empty, yet goes on", async () => {
    const { pages } = await faulty({ kind: "emptyPage" });
    const all = await pages(`${PATH}?$top=20`);
    expect(all.map((page) => page.value.length)).toEqual([0, 20, 10]);
  });

  it("the page: it is shorter than asked", async () => {
    const { pages } = await faulty({ kind: "shortPage", records: 3 });
    expect((await pages(`${PATH}?$top=20`)).map((page) => page.value.length)).toEqual([3, 20, 7]);
  });

  it("the link: it leads back to itself, or to the first page", async () => {
    const { page, emulator } = await faulty({ kind: "loopLink" });
    const url = `http://emulator.test${PATH}?$top=10`;
    expect((await page(url))["@odata.nextLink"]).toBe(url);
    emulator.faults.add({ match: { page: 1 }, do: { kind: "loopLink", to: "first" } });
    const second = await page((await page(url))["@odata.nextLink"] ?? "");
    expect(second["@odata.nextLink"]).toBe(url);
  });

  it("the link: it leads elsewhere", async () => {
    const { page } = await faulty({ kind: "foreignLink" });
    expect((await page(`${PATH}?$top=10`))["@odata.nextLink"]).toMatch(
      /^https:\/\/graph\.example\.net\/v1\.0\//,
    );
  });

  it("the filter: it is ignored", async () => {
    const { page } = await faulty({ kind: "ignoreFilter" });
    expect((await page(filtered(PATH, "userId eq 'nobody'"))).value).toHaveLength(30);
  });

  it("the answer: another status and header", async () => {
    const warning = '199 - "Contoso/Sensor/504/10000"';
    const { get } = await faulty({ kind: "annotate", status: 206, headers: { warning } });
    const response = await get(PATH);
    expect([response.status, response.headers.get("warning")]).toEqual([206, warning]);
    expect((await response.json() as { value: unknown[] }).value).toHaveLength(30);
  });

  it("the tokens: all that were given out are void", async () => {
    const { get } = await faulty({ kind: "tokenExpire" });
    expect([(await get(PATH)).status, (await get(PATH)).status]).toEqual([401, 401]);
  });

  it("the links: all that were given out are void", async () => {
    const { get, page } = await faulty({ kind: "skipTokenExpire" }, { page: 1 });
    const link = (await page(`${PATH}?$top=10`))["@odata.nextLink"] ?? "";
    expect((await get(link)).status).toBe(400);
  });
});
