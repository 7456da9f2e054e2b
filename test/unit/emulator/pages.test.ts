import { describe, expect, it } from "vitest";
import { fromMillis } from "../../../src/instant.ts";
import type { PageRule } from "../../../src/plugin/plugin.ts";
import { inventedPlugins } from "../../support/inventedPlugins.ts";
import { bench, filtered, idOf, NOON, type PageBody, text } from "./setup.ts";

const SIGN_INS = "/v1.0/auditLogs/signIns";
const ALERTS_V2 = "/v1.0/security/alerts_v2";
const HOUR_AGO = { from: fromMillis(NOON - 3_600_000), to: fromMillis(NOON) };

const ids = (pages: PageBody[]) => pages.flatMap((page) => page.value.map(({ id }) => id));

describe("pages by $skiptoken", () => {
  it("hold every record exactly once, newest first, although records arrive meanwhile", async () => {
    const { emulator, page } = await bench({ unevenPages: true });
    const held = emulator.produce("signIns", 150, HOUR_AGO);
    const seen: unknown[] = [];
    let lastTime = "~";
    for (let next: string | undefined = `${SIGN_INS}?$top=6`; next !== undefined;) {
      const body: PageBody = await page(next);
      for (const { id, createdDateTime } of body.value) {
        expect(String(createdDateTime) <= lastTime).toBe(true);
        lastTime = String(createdDateTime);
        seen.push(id);
      }
      emulator.produce("signIns", 5, HOUR_AGO);
      next = body["@odata.nextLink"];
    }
    expect([...seen].sort()).toEqual(held.map(idOf).sort());
  });

  it("are short or empty now and then although more follow", async () => {
    const { emulator, pages } = await bench({ unevenPages: true });
    emulator.produce("signIns", 200, HOUR_AGO);
    const all = await pages(`${SIGN_INS}?$top=4`);
    const unfinished = all.filter((page) => page["@odata.nextLink"] !== undefined);
    expect(unfinished.some((page) => page.value.length === 0)).toBe(true);
    expect(unfinished.some((page) => page.value.length > 0 && page.value.length < 4)).toBe(true);
    expect(new Set(ids(all)).size).toBe(200);
  });

  it("can be read again: a link stands for one position", async () => {
    const { emulator, page } = await bench();
    emulator.produce("signIns", 30, HOUR_AGO);
    const link = (await page(`${SIGN_INS}?$top=10`))["@odata.nextLink"] ?? "";
    expect((await page(link)).value).toEqual((await page(link)).value);
  });

  it("keep the query in the link, on the origin that was asked", async () => {
    const { emulator, page } = await bench();
    emulator.produce("signIns", 3, HOUR_AGO);
    const path = filtered(SIGN_INS, "createdDateTime ge 2026-11-22T00:00:00Z", "&$top=2");
    const link = new URL((await page(path))["@odata.nextLink"] ?? "");
    expect(link.origin).toBe("http://emulator.test");
    expect(link.searchParams.get("$filter")).toBe("createdDateTime ge 2026-11-22T00:00:00Z");
    expect(link.searchParams.get("$top")).toBe("2");
    expect(link.searchParams.get("$skiptoken")).toBeTruthy();
  });

  it("end after so many requests: the token is forgotten", async () => {
    const { emulator, get, page } = await bench({ skipTokenRequests: 3 });
    emulator.produce("signIns", 30, HOUR_AGO);
    const link = (await page(`${SIGN_INS}?$top=10`))["@odata.nextLink"] ?? "";
    for (let i = 0; i < 3; i++) expect((await get(link)).status).toBe(200);
    const response = await get(link);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain("Invalid Skip Token");
  });

  it("do not carry a token over to another collection", async () => {
    const { emulator, get, page } = await bench();
    emulator.produce("signIns", 30, HOUR_AGO);
    const link = (await page(`${SIGN_INS}?$top=10`))["@odata.nextLink"] ?? "";
    expect((await get(link.replace("signIns", "directoryAudits"))).status).toBe(400);
  });
});

describe("the size of a page", () => {
  const [, , doors] = inventedPlugins;
  const opened = async (page: Partial<PageRule>) => {
    const plugin = { ...doors!, page: { ...doors!.page, ...page } };
    const { emulator, get, page: read } = await bench({ plugins: [plugin] });
    emulator.produce(plugin.path, 90);
    return { get, read, path: plugin.path };
  };

  it.each(["prefer", "none"] as const)("is refused as $top where it is asked for by %s", async (by) => {
    const { get, path } = await opened({ by });
    const refused = await get(`${path}?$top=5`);
    expect([refused.status, ((await refused.json()) as { error: { message: string } }).error.message])
      .toEqual([
        400,
        "This resource does not support custom page sizes. Please retry without a page size argument.",
      ]);
  });

  it("is taken from a header where Graph does so, up to the largest, and else Graph's own", async () => {
    const prefer = (size: number) => ({
      headers: { prefer: `include-unknown-enum-members, odata.maxpagesize=${size}` },
    });
    const { read, path } = await opened({ by: "prefer", size: 60 });
    expect((await read(path, prefer(7))).value).toHaveLength(7);
    expect((await read(path, prefer(70))).value).toHaveLength(60);
    const fixed = await opened({ by: "none", size: 60 });
    expect((await fixed.read(fixed.path, prefer(7))).value).toHaveLength(60);
  });

  it("says nothing of the end where links are dead: the last one leads nowhere", async () => {
    const plugin = { ...doors!, page: { ...doors!.page, deadLinks: true } };
    const { emulator, get, page } = await bench({ plugins: [plugin], unevenPages: true });
    emulator.produce(plugin.path, 1);
    const { "@odata.nextLink": link } = await page(`${plugin.path}?$top=50`);
    expect((await get(link!)).status).toBe(504);
  });
});

describe("pages by $skip", () => {
  it("hold every alert once while nothing changes", async () => {
    const { emulator, pages } = await bench({ unevenPages: true });
    const held = emulator.produce("alerts_v2", 60, HOUR_AGO);
    const all = await pages(`${ALERTS_V2}?$top=10`);
    expect(ids(all).sort()).toEqual(held.map(idOf).sort());
    expect(all[0]?.["@odata.nextLink"]).toMatch(/\$skip=\d+$/);
  });

  it("shift when an alert leaves the slice: one is skipped, as on Graph", async () => {
    const { emulator, page } = await bench();
    const held = emulator.produce("alerts_v2", 20, HOUR_AGO);
    const slice = filtered(ALERTS_V2, "lastUpdateDateTime le 2026-11-22T12:00:00Z", "&$top=10");
    const first = await page(slice);
    emulator.update("alerts_v2", String(first.value[0]?.id), fromMillis(NOON + 60_000));
    const second = await page(first["@odata.nextLink"] ?? "");
    expect(new Set(ids([first, second])).size).toBe(held.length - 1);
  });

  it("give way to tokens where $skip would be refused", async () => {
    const { emulator, pages } = await bench();
    for (let i = 0; i < 1300; i++) emulator.put("alerts", `{"id":"${i}"}`);
    const all = await pages("/v1.0/security/alerts?$top=400");
    expect(new Set(ids(all)).size).toBe(1300);
    expect(all.map((page) => /\$skip(token)?=/.exec(page["@odata.nextLink"] ?? "")?.[0] ?? null)).toEqual([
      "$skip=",
      "$skiptoken=",
      "$skiptoken=",
      null,
    ]);
  });

  it("end at a ceiling without saying so, when told to", async () => {
    const { emulator, pages } = await bench({ skipCeilings: { alerts_v2: 200 } });
    for (let i = 0; i < 300; i++) emulator.put("alerts_v2", `{"id":"${i}"}`);
    expect(ids(await pages(`${ALERTS_V2}?$top=100`))).toHaveLength(200);
  });

  it("count all that match when asked", async () => {
    const { emulator, page } = await bench();
    emulator.produce("alerts_v2", 30, HOUR_AGO);
    expect((await page(`${ALERTS_V2}?$count=true&$top=10`))["@odata.count"]).toBe(30);
  });
});

describe("a page", () => {
  it.each(
    [
      ["signIns", SIGN_INS, 1000],
      ["alerts_v2", ALERTS_V2, 100],
      ["secureScoreControlProfiles", "/v1.0/security/secureScoreControlProfiles", 200],
    ] as const,
  )("of %s has a size of its own when none is asked", async (collection, path, size) => {
    const { emulator, page } = await bench();
    for (let i = 0; i <= size; i++) emulator.put(collection, `{"id":"${i}"}`);
    expect((await page(path)).value).toHaveLength(size);
  });

  it("of alerts_v2 has 1,000 at most, whatever is asked", async () => {
    const { emulator, page } = await bench();
    for (let i = 0; i < 1001; i++) emulator.put("alerts_v2", `{"id":"${i}"}`);
    expect((await page(`${ALERTS_V2}?$top=2000`)).value).toHaveLength(1000);
  });

  it("holds the bytes of its records untouched", async () => {
    const { emulator, get } = await bench();
    const odd =
      '{"id":"x","a":1.0,"b":12345678901234567890,"a":2,"c":"\\/ \\u00e9 é","createdDateTime":"2026-11-22T11:00:00.1234567Z"}';
    emulator.put("alerts", odd);
    expect(await (await get("/v1.0/security/alerts")).text()).toContain(`"value":[${odd}]`);
  });

  it("has its link before or after the array, and hints now and then", async () => {
    const { emulator, get } = await bench();
    emulator.produce("signIns", 2, HOUR_AGO);
    const bodies = await Promise.all(
      Array.from({ length: 40 }, async () => await (await get(`${SIGN_INS}?$top=1`)).text()),
    );
    expect(bodies.some((body) => body.indexOf("@odata.nextLink") < body.indexOf('"value":['))).toBe(true);
    expect(bodies.some((body) => body.indexOf("@odata.nextLink") > body.indexOf('"value":['))).toBe(true);
    expect(bodies.some((body) => body.includes("@microsoft.graph.tips"))).toBe(true);
  });

  it("is compressed when the client says so", async () => {
    const { emulator, get } = await bench();
    const [record] = emulator.produce("signIns", 1);
    const response = await get(SIGN_INS, { headers: { "accept-encoding": "gzip, deflate" } });
    expect(response.headers.get("content-encoding")).toBe("gzip");
    expect(response.headers.get("vary")).toBe("Accept-Encoding");
    const plain = response.body?.pipeThrough(new DecompressionStream("gzip"));
    expect(await new Response(plain).text()).toContain(text(record ?? new Uint8Array()));
  });

  it("comes with the headers that support asks for", async () => {
    const { get } = await bench();
    const response = await get(SIGN_INS, { headers: { "client-request-id": "c0ffee" } });
    expect(response.headers.get("client-request-id")).toBe("c0ffee");
    expect(response.headers.get("request-id")).toMatch(/^[0-9a-f-]{36}$/);
    expect(response.headers.get("date")).toBe(new Date(NOON).toUTCString());
    expect(JSON.parse(response.headers.get("x-ms-ags-diagnostic") ?? "")).toHaveProperty("ServerInfo");
  });

  it("of alerts_v2 hides newer enum members from a client that does not ask for them", async () => {
    const { emulator, get, page } = await bench();
    const alert =
      '{"id":"s","serviceSource":"microsoftSentinel","detectionSource":"antivirus","title":"\\"serviceSource\\":\\"microsoftSentinel\\""}';
    emulator.put("alerts_v2", alert);
    expect((await page(ALERTS_V2)).value[0]).toEqual({
      ...JSON.parse(alert),
      serviceSource: "unknownFutureValue",
    });
    const asked = await get(ALERTS_V2, { headers: { prefer: "include-unknown-enum-members" } });
    expect(await asked.text()).toContain(alert);
  });

  it("of legacy alerts can be narrowed to some members", async () => {
    const { emulator, page } = await bench();
    emulator.put("alerts", '{"id":"x","status":"newAlert","title":"t"}');
    expect((await page("/v1.0/security/alerts?$select=id,title")).value).toEqual([{ id: "x", title: "t" }]);
  });
});
