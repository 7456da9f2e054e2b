/**
 * The status page in a real browser. Server, engine and Graph run in this process, on a clock that the test owns, so that
 * each state is there when it is looked at.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { listen } from "../../src/server/listen.ts";
import { chromiumPath, openBrowser, openPage, whyNoBrowser } from "../support/browser.ts";
import { HANG_MS } from "../support/program.ts";
import { contoso, openSite } from "../support/site.ts";
import { serve } from "../support/serving.ts";
import { type House, type HouseOptions, openHouse, produce } from "../unit/server/house.ts";

/** Where pictures of the states go; none are made unless it is set. */
const PICTURES = process.env["GRAPHTAP_SCREENSHOTS"];
const PERIOD_MS = 300_000;

/** A server on loopback, behind which an hour has passed. */
async function openServer(options: HouseOptions = {}): Promise<{ house: House; url: string }> {
  const house = openHouse({ polls: true, inputs: ["contoso", "fabrikam"], ...options });
  const server = await listen(house.server.app, { host: "127.0.0.1", port: 0, loopback: true });
  onTestFinished(() => server.close());
  return { house, url: `${server.url}/` };
}

/** Polls for so many periods, with records in each of them; what can wait has so many milliseconds. */
async function live(house: House, periods: number, ms?: number): Promise<void> {
  for (let period = 0; period < periods; period++) {
    house.clock.advance(PERIOD_MS);
    produce(house, "signIns", 40 + 25 * (period % 5), 280);
    produce(house, "alerts_v2", 3, 280);
    await house.pollAll(ms);
  }
  house.clock.advance(40_000);
}

function refuse(house: House) {
  return house.emulator.faults.add({
    match: { collection: "alerts_v2", tenantId: "fabrikam.example", times: "always" },
    do: { kind: "status", status: 403, code: "Authorization_RequestDenied" },
  });
}

/** Thirty seconds of Contoso's sign-ins that Graph did not serve. */
function loseRange(house: House): void {
  const from = Math.floor(house.clock.now() / 1000) - 900;
  const at = (seconds: number) => ({ seconds, nanos: 0 });
  house.server.streams[0]!.state.gaps().save([{
    from: at(from),
    to: at(from + 30),
    reason: "graph-timeout",
    sinceMs: house.clock.now() - 600_000,
    attempts: 1,
    nextTryMs: house.clock.now() + 3_000_000,
  }]);
}

/** Each state, how it comes about, and the verdict that it has. */
const STATES: readonly [name: string, make: () => Promise<string>, verdict: RegExp][] = [
  ["well", async () => {
    const { house, url } = await openServer();
    await live(house, 12);
    return url;
  }, /^All 4 streams healthy, newest record \d+ (s|min)/],
  ["failing", async () => {
    const { house, url } = await openServer();
    house.tenants[1]!.permissions = ["AuditLog.Read.All", "Directory.Read.All"];
    await live(house, 12);
    return url;
  }, /^1 of 4 needs you: fabrikam\/alerts_v2 lacks a permission$/],
  ["gap", async () => {
    const { house, url } = await openServer();
    await live(house, 12);
    loseRange(house);
    return url;
  }, /^1 of 4 needs you: contoso\/signIns has 1 gap of 30 s$/],
  ["lost", async () => {
    const { house, url } = await openServer();
    await live(house, 12);
    const at = (seconds: number) => ({ seconds, nanos: 0 });
    const now = Math.floor(house.clock.now() / 1000);
    house.server.streams[0]!.state.lost().save([
      { from: at(now - 2_700_000), to: at(now - 2_600_000), reason: "retention", sinceMs: house.clock.now() },
    ]);
    return url;
  }, /^1 of 4 needs you: contoso\/signIns has lost 1 d 3 h for good$/],
  ["backfill", async () => {
    const { house, url } = await openServer({ start: 20 * 86_400 });
    await live(house, 2, 0);
    // Each request takes its time, and a period ends before the older records do.
    house.intercept = () => {
      house.clock.advance(2_000);
      return null;
    };
    produce(house, "signIns", 9_000, 19 * 86_400);
    await house.pollAll(9_000);
    house.intercept = null;
    return url;
  }, /^All 4 streams healthy, .*; \d streams? still reads? older records$/],
];

/** What comes in a moment, on a machine with much else to do as well. */
const eventually = <T>(look: () => T) => expect.poll(look, { timeout: HANG_MS });

const LOOKS = [390, 1280].flatMap((width) =>
  (["light", "dark"] as const).map((colorScheme) => ({ width, colorScheme }))
);

if (chromiumPath === null) console.warn(`the status page in a browser ${whyNoBrowser}`);

describe.skipIf(chromiumPath === null)(`the status page ${chromiumPath === null ? whyNoBrowser : ""}`, () => {
  let browser: Browser;
  beforeAll(async () => void (browser = await openBrowser()));
  afterAll(() => browser.close());

  it.each(STATES)(
    "is whole on a phone and a screen, light and dark, and has nothing that axe finds: %s",
    async (name, make, verdict) => {
      const { page, complaints, findings } = await openPage(browser, await make());
      expect(await page.locator("h1").textContent()).toMatch(verdict);
      for (const { width, colorScheme } of LOOKS) {
        await page.setViewportSize({ width, height: 800 });
        await page.emulateMedia({ colorScheme });
        expect(await findings(), `${width} px, ${colorScheme}`).toEqual([]);
        const needed = await page.evaluate("document.documentElement.scrollWidth");
        expect(needed, "no wider than the screen").toBeLessThanOrEqual(width);
        if (PICTURES === undefined) continue;
        mkdirSync(PICTURES, { recursive: true });
        await page.screenshot({
          path: join(PICTURES, `${name}-${width}-${colorScheme}.png`),
        });
      }
      expect(complaints).toEqual([]);
    },
  );

  it("shows in place what breaks and heals, and keeps what is open and in focus", async () => {
    const { house, url } = await openServer();
    await live(house, 3);
    const { page, complaints } = await openPage(browser, url);
    const verdict = page.locator("h1");
    const refreshed = () => page.clock.runFor(5_000);
    await page.locator("summary", { hasText: "contoso" }).focus();
    await page.keyboard.press("Enter");
    expect(await page.locator("details:not([open])").count()).toBe(1);

    const icon = () => page.locator("#icon").getAttribute("href");
    const healthy = await icon();
    const fault = refuse(house);
    await live(house, 3);
    await refreshed();
    await eventually(() => verdict.textContent()).toMatch(/fabrikam\/alerts_v2 lacks a permission/);
    expect(await page.title()).toBe("(1) graphtap");
    expect(await icon()).not.toBe(healthy);
    expect(await page.locator("details:not([open]) summary").textContent()).toContain("contoso");
    expect(await page.evaluate("document.activeElement.textContent")).toContain("contoso");

    fault.remove();
    await live(house, 1);
    await refreshed();
    await eventually(() => verdict.textContent()).toMatch(/^All 4 streams healthy/);
    expect([await page.title(), await icon()]).toEqual(["graphtap", healthy]);
    expect(complaints).toEqual([]);
  });

  it("has a line for each of many tenants, which leads to its streams by keyboard", async () => {
    const names = Array.from({ length: 60 }, (_, index) => `tenant-${index}`);
    const { house, url } = await openServer({ inputs: names });
    house.tenants[40]!.permissions = ["AuditLog.Read.All", "Directory.Read.All"];
    await house.pollAll();
    const { page, complaints, findings } = await openPage(browser, url, {
      viewport: { width: 390, height: 800 },
    });
    expect(await page.locator(".lines > li").count()).toBe(60);
    expect(await page.locator(".lines > li").first().textContent()).toMatch(/^tenant-40 failing/);
    expect(await findings()).toEqual([]);
    await page.locator(".lines a").first().focus();
    await page.keyboard.press("Enter");
    await page.waitForURL("**/?input=tenant-40");
    expect(await page.getByRole("rowheader").allTextContents()).toEqual(["alerts_v2", "signIns"]);
    expect(complaints).toEqual([]);
  });

  it("prints all streams, those that are folded too, and no form", async () => {
    const { house, url } = await openServer();
    await live(house, 1);
    const { page } = await openPage(browser, url);
    await page.locator("summary").first().click();
    const row = page.locator("details:not([open]) tbody th").first();
    expect(await row.isVisible()).toBe(false);
    await page.emulateMedia({ media: "print" });
    expect([await row.isVisible(), await page.locator("form").isVisible()]).toEqual([true, false]);
  });

  it("can be filtered without a script", async () => {
    const { house, url } = await openServer();
    refuse(house);
    await live(house, 3);
    const { page } = await openPage(browser, url, { javaScriptEnabled: false });
    await page.getByLabel("State").selectOption("failing");
    await page.getByRole("button", { name: "Filter" }).click();
    expect(await page.locator("summary bdi").allTextContents()).toEqual(["fabrikam"]);
    expect(await page.getByRole("rowheader").allTextContents()).toEqual(["alerts_v2"]);
  });

  it("stays harmless with names that are not", async () => {
    const hostile = `<img src=x onerror=alert(1)>"'</title><script>alert(2)</script>\u202e${
      "x".repeat(10_000)
    }`;
    const { house, url } = await openServer();
    refuse(house);
    await live(house, 1);
    for (const { input } of house.server.streams) Object.assign(input, { name: hostile + input.id });
    const look = { viewport: { width: 390, height: 800 } };
    const { page, complaints, findings } = await openPage(browser, url, look);
    expect(await page.locator("img").count()).toBe(0);
    expect(await page.locator("summary bdi").first().textContent()).toContain("<img src=x onerror=alert(1)>");
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
    await page.clock.runFor(5_000);
    expect([...await findings(), ...complaints]).toEqual([]);
  });

  it("lets nothing run that did not come with it", async () => {
    const { url } = await openServer();
    const { page, complaints } = await openPage(browser, url);
    await page.evaluate(`const script = document.createElement("script");
      script.textContent = "globalThis.ran = true"; document.body.append(script);
      new Image().src = "https://elsewhere.invalid/"`);
    expect(await page.evaluate("globalThis.ran")).toBeUndefined();
    await eventually(() => complaints.filter((text) => text.includes("Content Security Policy")).length)
      .toBe(2);
  });

  it("of the program says when it does not answer any more, instead of showing what was", async () => {
    const site = await openSite();
    const serving = await serve(["-c", site.write([contoso("directory_audits")])]);
    await serving.until(() => serving.stderr.includes('"pull done"'), "the first poll");
    const { page, complaints } = await openPage(browser, `${serving.url}/`);
    expect(await page.locator("h1").textContent()).toBe("The only stream is healthy, no records yet");
    expect(await page.locator("#stale").isVisible()).toBe(false);
    serving.kill("SIGTERM");
    await serving.ended;
    await page.clock.runFor(5_000);
    await page.locator("#stale").waitFor({ state: "visible" });
    expect(complaints).toEqual([]);
  });
});
