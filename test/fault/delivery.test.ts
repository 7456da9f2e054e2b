/** What the sink accepted is known, and nothing else; where a stream begins, and what it asks for. */
import { afterEach, describe, expect, it } from "vitest";
import { GraphtapError } from "../../src/errors.ts";
import { addSeconds, formatInstant, fromMillis, parseInstant, secondsBetween } from "../../src/instant.ts";
import { poll } from "../../src/tap/poll.ts";
import { pollOnce } from "../../src/tap/scheduler.ts";
import {
  anHourAgo,
  delivered,
  expectAll,
  expectAllOnce,
  fillAudits,
  PAGE,
  shortPages,
} from "../support/audits.ts";
import { eventLine } from "../support/eventLines.ts";
import { openRig, type Rig } from "../support/rig.ts";

const signal = new AbortController().signal;
let rig: Rig;
afterEach(() => rig.close());

const audit = (id: string | null, time: string | null, rest = "") =>
  `{${id === null ? "" : `"id":"${id}",`}${
    time === null ? "" : `"activityDateTime":"${time}",`
  }"n":1${rest}}`;

describe("a sink that is closed", () => {
  it.each([1, 2, 3, 4, 5])(
    "at write number %i: a new process repeats that page at most, and loses nothing",
    async (nth) => {
      let writes = 0;
      rig = openRig({
        unevenPages: false,
        accept() {
          if (++writes === nth) throw new GraphtapError("sink-closed", "the reader is gone");
        },
      });
      fillAudits(rig, 5 * PAGE);
      const settings = anHourAgo(rig);
      await expect(poll(rig.stream("directory_audits", settings), rig.engine, signal))
        .rejects.toMatchObject({ code: "sink-closed" });
      const accepted = rig.lines.length;
      expect(accepted).toBeLessThanOrEqual((nth - 1) * PAGE);

      const rest = await poll(rig.stream("directory_audits", settings), rig.engine, signal);
      expect(rest.error).toBeNull();
      expect(expectAll(rig)).toBeLessThanOrEqual(PAGE);
      expect((await poll(rig.stream("directory_audits", settings), rig.engine, signal)).sent).toBe(0);
    },
  );

  it.each([1, 2, 3, 4, 5, 6])(
    "at write number %i, after a window had to be read again: still one page at most",
    async (nth) => {
      let writes = 0;
      rig = openRig({
        unevenPages: false,
        accept() {
          if (++writes === nth) throw new GraphtapError("sink-closed", "the reader is gone");
        },
      });
      // Newest first: each narrower window begins with other records.
      const now = fromMillis(rig.clock.now());
      rig.emulator.produce("signIns", 200, {
        from: addSeconds(now, -3590),
        to: addSeconds(now, -10),
      });
      shortPages(rig, "signIns");
      rig.emulator.faults.add({
        match: { collection: "signIns", page: 0, times: 3 },
        do: { kind: "loopLink" },
      });
      const settings = anHourAgo(rig);
      await expect(poll(rig.stream("signIns", settings), rig.engine, signal))
        .rejects.toMatchObject({ code: "sink-closed" });
      await poll(rig.stream("signIns", settings), rig.engine, signal);
      const left = delivered(rig, "signIns");
      expect(new Set(left).size).toBe(200);
      expect(left.length - 200).toBeLessThanOrEqual(PAGE);
    },
  );

  it("stops the other streams of the process, each repeating its page in flight at most", async () => {
    rig = openRig({
      unevenPages: false,
      accept(lines) {
        if (lines.some((line) => line.includes('"service":"alerts_v2"'))) {
          throw new GraphtapError("sink-closed", "the reader is gone");
        }
      },
    });
    fillAudits(rig, 100);
    rig.emulator.produce("alerts_v2", 5, {});
    const services = ["directory_audits", "alerts_v2"];
    const settings = anHourAgo(rig);
    const run = pollOnce(rig.streams(services, settings), rig.engine, new AbortController());
    await expect(run).rejects.toMatchObject({ code: "sink-closed" });
    await poll(rig.stream("directory_audits", settings), rig.engine, signal);
    expect(expectAll(rig)).toBeLessThanOrEqual(PAGE);
  });
});

describe("a sink to which only much is worth a write", () => {
  /** How many lines the sink had at each request of Graph's records. */
  function openCounting(): number[] {
    const atRequest: number[] = [];
    rig = openRig({
      unevenPages: false,
      worthBytes: 1e9,
      between(request, pass) {
        if (!request.url.endsWith("/token")) atRequest.push(rig.lines.length);
        return pass(request);
      },
    });
    return atRequest;
  }

  it("has all of a page before the next one is asked for", async () => {
    const atRequest = openCounting();
    fillAudits(rig, 3 * PAGE);
    await poll(rig.stream("directory_audits", anHourAgo(rig)), rig.engine, signal);
    expect(atRequest).toEqual([0, PAGE, 2 * PAGE]);
    expectAllOnce(rig);
  });

  it.each(["truncate", "reset"] as const)(
    "has what came whole of a page that breaks off by %s, before it is asked for again",
    async (kind) => {
      const atRequest = openCounting();
      fillAudits(rig, 2 * PAGE);
      rig.emulator.faults.add({
        match: { collection: "directoryAudits", page: 0, times: 1 },
        do: { kind, afterBytes: 5000 },
      });
      await poll(rig.stream("directory_audits", anHourAgo(rig)), rig.engine, signal);
      expect(atRequest[1]).toBeGreaterThan(0);
      expect(atRequest[1]).toBeLessThan(PAGE);
      expect(atRequest.slice(2)).toEqual([PAGE]);
      expectAllOnce(rig);
    },
  );

  it.each([1, 2, 3])("that is closed at write number %i repeats a page at most", async (nth) => {
    let writes = 0;
    rig = openRig({
      unevenPages: false,
      worthBytes: 1e9,
      accept() {
        if (++writes === nth) throw new GraphtapError("sink-closed", "the reader is gone");
      },
    });
    fillAudits(rig, 3 * PAGE);
    const settings = anHourAgo(rig);
    await expect(poll(rig.stream("directory_audits", settings), rig.engine, signal))
      .rejects.toMatchObject({ code: "sink-closed" });
    await poll(rig.stream("directory_audits", settings), rig.engine, signal);
    expect(expectAll(rig)).toBeLessThanOrEqual(PAGE);
  });
});

describe("a stop", () => {
  it.each([0, 1, 2, 3, 4])(
    "after write %i leaves everything in order: nothing lost, nothing twice",
    async (after) => {
      const stop = new AbortController();
      let writes = 0;
      rig = openRig({
        unevenPages: false,
        accept() {
          if (writes++ === after) stop.abort(new GraphtapError("stopped", "stopped by a signal"));
        },
      });
      fillAudits(rig, 5 * PAGE);
      const settings = anHourAgo(rig);
      await expect(poll(rig.stream("directory_audits", settings), rig.engine, stop.signal))
        .rejects.toMatchObject({ code: "stopped" });
      expect(rig.lines.length).toBe((after + 1) * PAGE);
      await poll(rig.stream("directory_audits", settings), rig.engine, signal);
      expectAllOnce(rig);
    },
  );
});

describe("a failure that streams meet while they stop", () => {
  const stopped = new GraphtapError("stopped", "stopped by a signal");

  it("is the reason of the end, for a stop alone would be a good one", async () => {
    const stop = new AbortController();
    let writes = 0;
    rig = openRig({
      unevenPages: false,
      accept() {
        if (++writes === 2) stop.abort(stopped);
        if (writes >= 2) throw new GraphtapError("sink-stalled", "nobody takes the lines");
      },
    });
    fillAudits(rig, 5 * PAGE);
    rig.emulator.produce("signIns", 30, { from: addSeconds(fromMillis(rig.clock.now()), -600) });
    const settings = anHourAgo(rig);
    const streams = rig.streams(["signIns", "directory_audits"], settings);
    await expect(pollOnce(streams, rig.engine, stop)).rejects.toMatchObject({ code: "sink-stalled" });
  });

  it("is not, when a failure was what stopped them", async () => {
    const stop = new AbortController();
    const first = new GraphtapError("sink-closed", "a heartbeat found nobody");
    rig = openRig({
      unevenPages: false,
      accept() {
        stop.abort(first);
        throw new GraphtapError("sink-stalled", "nobody takes the lines");
      },
    });
    fillAudits(rig, 5 * PAGE);
    const streams = rig.streams(["directory_audits"], anHourAgo(rig));
    await expect(pollOnce(streams, rig.engine, stop)).rejects.toBe(first);
  });
});

describe("one stream that fails", () => {
  it("does not stop the others, and is tried again", async () => {
    rig = openRig({ unevenPages: false });
    fillAudits(rig, 60);
    rig.emulator.produce("signIns", 30, { from: addSeconds(fromMillis(rig.clock.now()), -600) });
    const fault = rig.emulator.faults.add({
      match: { collection: "signIns", times: "always" },
      do: { kind: "status", status: 403, code: "Authorization_RequestDenied" },
    });
    const settings = anHourAgo(rig);
    const streams = rig.streams(["signIns", "directory_audits"], settings);
    const outcomes = await pollOnce(streams, rig.engine, new AbortController());
    const errors = Object.fromEntries(
      outcomes.map(({ stream, report }) => [stream.service.name, report.error?.code ?? null]),
    );
    expect(errors).toEqual({ signIns: "graph-forbidden", directory_audits: null });
    expectAllOnce(rig);
    fault.remove();
    await pollOnce(rig.streams(["signIns"], settings), rig.engine, new AbortController());
    expect(delivered(rig, "signIns").length).toBe(30);
  });
});

describe("the start of a stream", () => {
  it("is now, when none is configured", async () => {
    rig = openRig({ unevenPages: false });
    fillAudits(rig, 40);
    const stream = rig.stream("directory_audits");
    expect((await poll(stream, rig.engine, signal)).sent).toBe(0);
    rig.clock.advance(300_000);
    rig.emulator.produce("directoryAudits", 7, { from: addSeconds(fromMillis(rig.clock.now()), -60) });
    expect((await poll(stream, rig.engine, signal)).sent).toBe(7);
  });

  it("that is changed resets the stream, and says so", async () => {
    rig = openRig({ unevenPages: false });
    fillAudits(rig, 40);
    const start = anHourAgo(rig).startTime.instant;
    const at = (seconds: number) => {
      const instant = addSeconds(start, seconds);
      return { startTime: { text: formatInstant(instant), instant } };
    };
    expect((await poll(rig.stream("directory_audits", at(0)), rig.engine, signal)).sent).toBe(40);
    expect((await poll(rig.stream("directory_audits", at(0)), rig.engine, signal)).sent).toBe(0);
    expect((await poll(rig.stream("directory_audits", at(-60)), rig.engine, signal)).sent).toBe(40);
    expect(rig.log.filter((line) => line.includes("start_time_in_utc has changed")).length).toBe(1);
  });
});

describe("what is asked for", () => {
  it("is cut into windows no wider than configured, without a seam", async () => {
    rig = openRig({ unevenPages: false });
    const now = fromMillis(rig.clock.now());
    // Records on the seams themselves, and a tick on either side of them.
    for (let minute = 0; minute < 60; minute += 10) {
      for (const ticks of [0, 1e-3, 0.999]) {
        const time = formatInstant(addSeconds(now, -3600 + minute * 60 + ticks));
        rig.emulator.put("directoryAudits", audit(`m${minute}-${ticks}`, time));
      }
    }
    const settings = { ...anHourAgo(rig), windowMaxSeconds: 600 };
    const report = await poll(rig.stream("directory_audits", settings), rig.engine, signal);
    expect(report.error).toBeNull();
    const widths = rig.emulator.requests.flatMap(({ filter }) => {
      const [from, to] = [...(filter ?? "").matchAll(/[gl]e (\S+?)(?: |$)/g)].map(([, text]) =>
        parseInstant(text!)!
      );
      return from && to ? [secondsBetween(from, to)] : [];
    });
    expect(widths.length).toBeGreaterThanOrEqual(6);
    expect(Math.max(...widths)).toBeLessThanOrEqual(600 + 120 + 1);
    expectAllOnce(rig);
  });

  it("carries what Graph wants to see, on every page", async () => {
    rig = openRig({ unevenPages: false });
    fillAudits(rig, 100);
    await poll(rig.stream("directory_audits", anHourAgo(rig)), rig.engine, signal);
    expect(rig.sent.length).toBeGreaterThanOrEqual(5);
    for (const { headers } of rig.sent) {
      expect(headers).toMatchObject({
        "authorization": expect.stringMatching(/^Bearer ./),
        "prefer": "include-unknown-enum-members",
        "accept-encoding": "gzip",
        "client-request-id": expect.stringMatching(/^[0-9a-f-]{36}$/),
        "user-agent": expect.stringMatching(/^graphtap\//),
      });
    }
    expect(new Set(rig.sent.map(({ headers }) => headers["client-request-id"])).size).toBe(rig.sent.length);
  });

  it("reads $skip pages that shift under way, and drops what comes twice", async () => {
    let pages = 0;
    rig = openRig({
      unevenPages: false,
      between: (request, pass) => {
        // A new alert at the front moves every row down between two pages.
        if (request.url.includes("alerts_v2") && pages++ > 0 && pages < 6) {
          rig.emulator.produce("alerts_v2", 1, {});
        }
        return pass(request);
      },
    });
    const now = fromMillis(rig.clock.now());
    rig.emulator.produce("alerts_v2", 100, { from: addSeconds(now, -3000), to: addSeconds(now, -600) });
    shortPages(rig, "alerts_v2");
    const stream = rig.stream("alerts_v2", anHourAgo(rig));
    const first = await poll(stream, rig.engine, signal);
    expect(first.duplicates).toBeGreaterThan(0);
    rig.clock.advance(300_000);
    await poll(stream, rig.engine, signal);
    const records = delivered(rig, "alerts_v2");
    expect(new Set(records).size).toBe(records.length);
    expect(records.length).toBe(rig.emulator.records("alerts_v2").length);
  });
});

describe("an odd record", () => {
  it("without an id is known by its content", async () => {
    rig = openRig({ unevenPages: false });
    const time = formatInstant(addSeconds(fromMillis(rig.clock.now()), -60));
    rig.emulator.put("directoryAudits", audit(null, time, ',"a":1'));
    rig.emulator.put("directoryAudits", audit(null, time, ',"a":2'));
    const stream = rig.stream("directory_audits", anHourAgo(rig));
    await poll(stream, rig.engine, signal);
    await poll(stream, rig.engine, signal);
    expectAllOnce(rig);
    expect(rig.lines.map((line) => eventLine(line).id)).toEqual(["null", "null"]);
  });

  it.each([["missing", null], ["null", "NULL"], ["no time", "soon"]])(
    "whose time is %s leaves all the same",
    async (_, time) => {
      // Graph's filter would not match it; here it is served regardless.
      rig = openRig({ unevenPages: false });
      const json = audit("odd", time).replace('"NULL"', "null");
      rig.emulator.put("directoryAudits", json);
      rig.emulator.put(
        "directoryAudits",
        audit("even", formatInstant(addSeconds(fromMillis(rig.clock.now()), -60))),
      );
      rig.emulator.faults.add({
        match: { collection: "directoryAudits", times: "always" },
        do: { kind: "ignoreFilter" },
      });
      const stream = rig.stream("directory_audits", anHourAgo(rig));
      const report = await poll(stream, rig.engine, signal);
      expect({ error: report.error, sent: report.sent }).toEqual({ error: null, sent: 2 });
      const line = rig.lines.map((text) => eventLine(text)).find(({ id }) => id === '"odd"');
      expect(line?.time).toBe(time === null || time === "NULL" ? "null" : JSON.stringify(time));
      expect((await poll(stream, rig.engine, signal)).sent).toBe(0);
    },
  );

  it("with an id that is a number, an object, or empty is its own record", async () => {
    rig = openRig({ unevenPages: false });
    const time = formatInstant(addSeconds(fromMillis(rig.clock.now()), -60));
    for (const id of ["7", "7.0", '{"a":1}', '""', "null"]) {
      rig.emulator.put("directoryAudits", `{"id":${id},"activityDateTime":"${time}"}`);
    }
    const stream = rig.stream("directory_audits", anHourAgo(rig));
    expect((await poll(stream, rig.engine, signal)).sent).toBe(5);
    expect((await poll(stream, rig.engine, signal)).sent).toBe(0);
  });
});
