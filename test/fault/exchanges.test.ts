/** One exchange with Graph that goes wrong: the page is read again, and each record leaves once. */
import { afterEach, describe, expect, it } from "vitest";
import { systemClock } from "../../src/clock.ts";
import { plugins } from "../../plugins/index.ts";
import { createEmulator } from "../../src/emulator/emulator.ts";
import type { FaultAction } from "../../src/emulator/faults.ts";
import { serveEmulator } from "../../src/emulator/serve.ts";
import { createHttp } from "../../src/graph/http.ts";
import { poll } from "../../src/tap/poll.ts";
import { anHourAgo, expectAllOnce, fillAudits, tallied } from "../support/audits.ts";
import { faultTable, firstTrouble } from "../support/faultTable.ts";
import { manualClock } from "../support/manualClock.ts";
import { openRig, type Rig, TENANT } from "../support/rig.ts";

const signal = new AbortController().signal;
let rig: Rig;
afterEach(() => rig.close());

const record = faultTable();

/** What a fault came to, for the table. */
function recordFault(fault: string): void {
  record({ fault: `Graph: ${fault}`, ...tallied(rig), said: firstTrouble(rig.log) });
}

const hit = (page: number, action: FaultAction, times = 1) =>
  rig.emulator.faults.add({ match: { collection: "directoryAudits", page, times }, do: action });

/** What was waited for, in milliseconds. */
const waits = () => rig.clock.sleeps.filter((ms) => ms > 0);

const PASSING: readonly (readonly [string, FaultAction])[] = [
  ["500", { kind: "status", status: 500 }],
  ["502 with a page of HTML", { kind: "html", status: 502 }],
  ["503", { kind: "status", status: 503 }],
  ["503 that asks for a pause", { kind: "status", status: 503, retryAfter: 9 }],
  ["504", { kind: "status", status: 504 }],
  ["408", { kind: "status", status: 408 }],
  ["429 that asks for nothing", { kind: "status", status: 429 }],
  ["no answer at all", { kind: "reset" }],
  ["a body that breaks off", { kind: "reset", afterBytes: 9000 }],
  ["a body that ends too early", { kind: "truncate", afterBytes: 9000 }],
  ["an empty body", { kind: "truncate", afterBytes: 0 }],
  ["a body that is not JSON", { kind: "invalidJson" }],
  ["an error with status 200", { kind: "errorBody200" }],
  ["HTML with status 200", { kind: "html", status: 200 }],
  ["an empty page with a link", { kind: "emptyPage" }],
  ["a link that has expired", { kind: "skipTokenExpire" }],
  ["a link to the page itself", { kind: "loopLink", to: "self" }],
  ["a link to the first page", { kind: "loopLink", to: "first" }],
  ["a token that was revoked", { kind: "tokenExpire" }],
];

describe.each([0, 1, 4])("on page %i of five", (page) => {
  it.each(PASSING)("%s", async (name, action) => {
    rig = openRig({ unevenPages: false });
    fillAudits(rig, 100);
    const fault = hit(page, action);
    const stream = rig.stream("directory_audits", anHourAgo(rig));
    const report = await poll(stream, rig.engine, signal);
    expect(report.error).toBeNull();
    expect(fault.hits).toBe(1);
    expectAllOnce(rig);

    const again = await poll(stream, rig.engine, signal);
    expect({ sent: again.sent, error: again.error }).toEqual({ sent: 0, error: null });
    expect(stream.state.gaps().list(), "gaps").toEqual([]);
    // A reset has its own words over a real connection, below.
    if (action.kind !== "reset") recordFault(name);
  });
});

describe("a pause that Graph asks for", () => {
  it.each(
    [
      ["in seconds", { kind: "status", status: 429, retryAfter: 30 }, 30_000, 34_000],
      ["as a date", { kind: "status", status: 429, retryAfterDate: 45 }, 44_000, 50_000],
      ["with a 503", { kind: "status", status: 503, retryAfter: 12 }, 12_000, 14_000],
      [
        "of two weeks is cut to five minutes",
        { kind: "status", status: 429, retryAfter: 1_209_600 },
        300_000,
        331_000,
      ],
    ] as const,
  )("%s is kept", async (_, action, least, most) => {
    rig = openRig({ unevenPages: false });
    fillAudits(rig, 100);
    hit(1, action);
    await poll(rig.stream("directory_audits", anHourAgo(rig)), rig.engine, signal);
    const refused = rig.emulator.requests.findIndex(({ status }) => status === action.status);
    const paused = rig.emulator.requests[refused + 1]!.at - rig.emulator.requests[refused]!.at;
    expect(paused).toBeGreaterThanOrEqual(least);
    expect(paused).toBeLessThanOrEqual(most);
    expectAllOnce(rig);
  });
});

describe("a failure that stays", () => {
  it.each(
    [
      ["503", { kind: "status", status: 503 }, "graph-unavailable"],
      ["a broken connection", { kind: "reset" }, "graph-unreachable"],
      ["nonsense", { kind: "invalidJson" }, "page-invalid"],
      ["429", { kind: "status", status: 429, retryAfter: 1 }, "graph-throttled"],
      ["403", { kind: "status", status: 403 }, "graph-forbidden"],
      ["400", { kind: "status", status: 400 }, "graph-refused"],
      ["404", { kind: "status", status: 404 }, "graph-refused"],
      ["401", { kind: "status", status: 401 }, "graph-unauthorized"],
    ] as const,
  )("%s ends the poll with its name, and the next poll loses nothing", async (name, action, code) => {
    rig = openRig({ unevenPages: false });
    fillAudits(rig, 100);
    const fault = rig.emulator.faults.add({
      match: { collection: "directoryAudits", nth: 3, times: "always" },
      do: action,
    });
    const stream = rig.stream("directory_audits", anHourAgo(rig));
    const report = await poll(stream, rig.engine, signal);
    expect(report.error?.code).toBe(code);
    expect(fault.hits, "requests are bounded").toBeLessThan(60);
    // Of nonsense, what made sense before it.
    expect(report.sent, "two pages left").toBeOneOf([40, 60]);
    fault.remove();
    expect((await poll(stream, rig.engine, signal)).error).toBeNull();
    expectAllOnce(rig);
    if (action.kind !== "reset") {
      record({ fault: `Graph: ${name} that stays`, ...tallied(rig), said: report.error?.message ?? "" });
    }
  });

  it("waits longer from try to try, and not without end", async () => {
    rig = openRig({ unevenPages: false });
    fillAudits(rig, 20);
    rig.emulator.faults.add({
      match: { collection: "directoryAudits", times: "always" },
      do: { kind: "status", status: 429 },
    });
    const before = rig.clock.now();
    await poll(rig.stream("directory_audits", anHourAgo(rig)), rig.engine, signal);
    expect(waits().length).toBeGreaterThan(3);
    expect(rig.clock.now() - before).toBeLessThan(600_000);
  });
});

describe("over a real connection", () => {
  it.each(
    [
      ["a reset in the body", { kind: "reset", afterBytes: 5000 }],
      ["a body cut off", { kind: "truncate", afterBytes: 5000 }],
      ["a compressed body cut off", { kind: "truncateGzip", afterBytes: 3000 }],
      ["a reset before the answer", { kind: "reset" }],
      ["a body that stops arriving", { kind: "stall", afterBytes: 5000 }],
      ["a body that comes byte by byte", { kind: "dribble", bytes: 1, ms: 20 }],
      ["a compressed body that comes byte by byte", { kind: "dribble", bytes: 1, ms: 20 }, true],
    ] as const,
  )("%s", async (name, action, gzip: boolean = action.kind === "truncateGzip") => {
    const clock = manualClock();
    const isSlow = action.kind === "dribble";
    const emulator = createEmulator({
      plugins,
      // Which body is slow is told by the time that really passes.
      clock: isSlow ? { now: clock.now, sleep: systemClock.sleep } : clock,
      tenants: [TENANT],
      quotas: "off",
      unevenPages: false,
      gzip,
    });
    const http = createHttp({ stallTimeoutMs: 50, bodyTimeoutMs: isSlow ? 150 : 10_000 });
    const server = await serveEmulator(emulator);
    rig = openRig({ served: { emulator, clock, origin: server.url, transport: http.transport } });
    try {
      fillAudits(rig, 100);
      const fault = hit(2, action);
      const report = await poll(rig.stream("directory_audits", anHourAgo(rig)), rig.engine, signal);
      expect(report.error).toBeNull();
      expect(fault.hits).toBe(1);
      if (isSlow) expect(rig.log.join("\n")).toContain("the body came too slowly");
      expectAllOnce(rig);
      recordFault(`${name}, over a real connection`);
    } finally {
      await http.close();
      await server.close();
    }
  });
});
