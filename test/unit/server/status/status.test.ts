import { describe, expect, it } from "vitest";
import type { HouseOptions } from "../house.ts";
import { openHouse, produce, settle } from "../house.ts";
import { type Status, statusSchema } from "../../../../src/server/status/schema.ts";

const open = (options: HouseOptions = {}) => openHouse({ polls: true, ...options });
type House = ReturnType<typeof openHouse>;

/** What `/v1/status` answers, held against its schema. */
async function statusOf(house: House, query = ""): Promise<Status> {
  return statusSchema.parse(await (await house.fetch(`/v1/status${query}`)).json());
}

const stream = ({ streams }: Status, service: string) => streams.find((one) => one.service === service)!;

describe("/v1/status", () => {
  it("tells figures of streams that are well", async () => {
    const house = open();
    produce(house, "signIns", 30);
    await house.pollAll();
    house.clock.advance(120_000);
    const status = await statusOf(house);
    expect(status).toMatchObject({
      version: "1.2.3",
      verdict: "healthy",
      counts: { healthy: 2, failing: 0 },
      needs: [],
      sink_stalled_seconds: 0,
    });
    expect(status.summary).toMatch(/^All 2 streams healthy, newest record \d+ min( \d+ s)? old$/);
    expect(stream(status, "signIns")).toMatchObject({
      verdict: "healthy",
      since: null,
      lag_seconds: 120,
      records: 30,
      records_per_minute: 15,
      period_seconds: 300,
      next_poll: "2026-11-22T16:05:00.000Z",
      polling: false,
      backfill: null,
      gaps: 0,
      gap_seconds: 0,
      gap_ranges: [],
    });
    expect(stream(status, "signIns").records_by_minute.slice(-3)).toEqual([30, 0, 0]);
    expect(stream(status, "alerts_v2").records_by_minute).toEqual([]);
  });

  it("waits for the first poll, and says so", async () => {
    expect(await statusOf(open())).toMatchObject({
      verdict: "waiting",
      summary: "2 of 2 streams wait to be read for the first time",
    });
  });

  it("names a stream that fails, since when, and what to do", async () => {
    const house = open();
    const began = house.clock.now();
    house.emulator.faults.add({
      match: { collection: "alerts_v2", times: "always" },
      do: { kind: "status", status: 403, code: "Authorization_RequestDenied" },
    });
    await house.pollAll();
    house.clock.advance(60_000);
    const status = await statusOf(house);
    expect(status.summary).toBe("1 of 2 needs you: contoso/alerts_v2 lacks a permission");
    expect(status.needs).toMatchObject([{
      input: "contoso",
      service: "alerts_v2",
      verdict: "failing",
      cause: "lacks a permission",
      since: new Date(began).toISOString(),
      detail: expect.stringContaining('Graph answered 403 "Authorization_RequestDenied"'),
      command: "graphtap doctor --input contoso --service alerts_v2",
    }]);
    expect(stream(status, "alerts_v2")).toMatchObject({ verdict: "failing", code: "graph-forbidden" });
  });

  it("knows of a failure before the poll that meets it has given up", async () => {
    const house = open();
    house.emulator.faults.add({
      match: { collection: "signIns", times: "always" },
      do: { kind: "status", status: 503 },
    });
    const polled = house.poll();
    await settle();
    expect(stream(await statusOf(house), "signIns").code).toBe("graph-unavailable");
    expect(stream(await statusOf(house), "signIns")).toMatchObject({ verdict: "failing", polling: true });
    house.emulator.faults.clear();
    house.clock.advance(60_000);
    await polled;
    expect(stream(await statusOf(house), "signIns")).toMatchObject({ verdict: "healthy", code: null });
  });

  it("tells what lies with a whole input once, as one need", async () => {
    const house = open({ inputs: ["contoso", "fabrikam"] });
    house.emulator.faults.add({
      match: { collection: "token", path: "fabrikam.example", times: "always" },
      do: { kind: "tokenError", aadsts: 7000215 },
    });
    await house.pollAll();
    const { summary, needs } = await statusOf(house);
    expect(summary).toBe("2 of 4 need you: fabrikam cannot log in");
    expect(needs).toMatchObject([{ input: "fabrikam", service: null, streams: 2 }]);
    expect(needs[0]!.command).toBe("graphtap doctor --input fabrikam");
  });

  it("tells what all streams of an input fail with once, and names the stream where it is one", async () => {
    const house = open();
    house.emulator.faults.add({
      match: { path: "/v1.0", times: "always" },
      do: { kind: "status", status: 401, code: "InvalidAuthenticationToken" },
    });
    await house.pollAll();
    const { summary, needs } = await statusOf(house);
    expect(summary).toBe("2 of 2 need you: contoso has a token that Graph refuses");
    expect(needs).toMatchObject([{ service: null, streams: 2, command: "graphtap doctor --input contoso" }]);

    const other = open();
    other.emulator.faults.add({
      match: { collection: "signIns", times: "always" },
      do: { kind: "status", status: 502 },
    });
    void other.pollAll();
    await settle();
    expect((await statusOf(other)).summary).toBe("1 of 2 needs you: contoso/signIns is not served by Graph");
  });

  it("tells a gap with its seconds, and when it is tried again", async () => {
    const house = open();
    await house.pollAll();
    const at = (seconds: number) => ({ seconds, nanos: 0 });
    const from = house.clock.now() / 1000 - 600;
    house.server.streams[0]!.state.gaps().save([{
      from: at(from),
      to: at(from + 30),
      reason: "graph-timeout",
      sinceMs: house.clock.now(),
      attempts: 1,
      nextTryMs: house.clock.now() + 3_600_000,
    }]);
    const status = await statusOf(house);
    expect(status.summary).toBe("1 of 2 needs you: contoso/signIns has 1 gap of 30 s");
    expect(stream(status, "signIns")).toMatchObject({
      verdict: "gap",
      gaps: 1,
      gap_seconds: 30,
      gap_ranges: [{
        seconds: 30,
        reason: "graph-timeout",
        attempts: 1,
        next_try: "2026-11-22T17:00:00.000Z",
      }],
    });
    expect(status.needs[0]).toMatchObject({
      todo: "Graph did not serve it. It is tried again by itself, next at 2026-11-22T17:00Z.",
      command: "graphtap gaps --input contoso --service signIns",
    });
  });

  it("tells what is lost for good, until somebody has taken note of it beside the server", async () => {
    const house = open();
    await house.pollAll();
    const { state } = house.server.streams[0]!;
    const at = (ms: number) => ({ seconds: ms / 1000, nanos: 0 });
    const since = house.clock.now();
    const lost = {
      from: at(since - 7_200_000),
      to: at(since - 3_600_000),
      reason: "retention",
      sinceMs: since,
    };
    state.lost().save([lost]);
    const status = await statusOf(house);
    expect(status).toMatchObject({
      verdict: "lost",
      counts: { lost: 1 },
      summary: "1 of 2 needs you: contoso/signIns has lost 1 h for good",
    });
    expect(stream(status, "signIns")).toMatchObject({
      verdict: "lost",
      since: "2026-11-22T16:00:00.000Z",
      lost: 1,
      lost_seconds: 3600,
      lost_ranges: [{ from: "2026-11-22T14:00:00Z", to: "2026-11-22T15:00:00Z", reason: "retention" }],
    });
    expect(status.needs[0]).toMatchObject({
      verdict: "lost",
      detail: "2026-11-22T14:00:00Z to 2026-11-22T15:00:00Z: retention",
      command: "graphtap gaps --input contoso --service signIns",
    });
    expect(await (await house.fetch("/readyz")).json()).toMatchObject({
      ready: true,
      lost: [{ input: "contoso", service: "signIns", lost: 1, lost_seconds: 3600 }],
    });
    expect(await (await house.fetch("/")).text()).toContain("3,600 s lost");

    house.streams[0]!.state.lost().forget();
    await house.pollAll();
    expect((await statusOf(house)).verdict).toBe("healthy");
  });

  it("tells how much of the older records is read, and until when", async () => {
    const house = open({ start: 10 * 86_400 });
    await house.pollAll(0);
    const before = stream(await statusOf(house), "signIns").backfill!;
    expect(before).toMatchObject({ share: 0, ends: null });
    expect(before.seconds_left).toBeGreaterThan(9 * 86_400);
    const { state } = house.streams.find(({ service }) => service.name === "signIns")!;
    const position = state.loadPosition()!;
    const [range] = position.backfill;
    const half = { seconds: range!.to.seconds - before.seconds_left / 4, nanos: 0 };
    // Committed as a poll does it, by the state that the server watches.
    house.server.streams[0]!.state.commitInFile({
      ...position,
      backfill: [{ from: half, to: range!.to }],
      backfillEndsMs: house.clock.now() + 600_000,
    });
    expect(stream(await statusOf(house), "signIns").backfill).toMatchObject({
      share: 0.75,
      seconds_left: before.seconds_left / 4,
      ends: new Date(house.clock.now() + 600_000).toISOString(),
    });
    expect((await statusOf(house)).summary).toMatch(/; 2 streams still read older records$/);
  });

  it("is late when nobody polls any more", async () => {
    const house = open();
    await house.pollAll();
    house.clock.advance(961_000);
    const status = await statusOf(house);
    expect(status.counts.late).toBe(2);
    expect(status.summary).toMatch(/^2 of 2 need you: contoso\/signIns is 16 min behind; /);
  });

  it.each([["behind", -3], ["ahead of", 3]])(
    "knows that the host's clock is days %s Graph's, and takes no stream for late because of it",
    async (which, days) => {
      const house = open();
      const date = new Date(house.clock.now() - days * 86_400_000).toUTCString();
      house.emulator.faults.add({
        match: { path: "/v1.0", times: "always" },
        do: { kind: "annotate", headers: { date } },
      });
      await house.pollAll();
      house.clock.advance(60_000);
      const status = await statusOf(house);
      expect(status).toMatchObject({ verdict: "late", counts: { healthy: 2 }, needs: [] });
      expect(Math.round(status.clock_ahead_seconds / 86_400)).toBe(days);
      expect(status.summary).toMatch(
        new RegExp(`^This host's clock is 3 d ${which} Graph's\\. All 2 streams healthy`),
      );
      expect(Math.abs(stream(status, "signIns").lag_seconds! - 60)).toBeLessThan(2);
    },
  );

  it("gives the streams that a filter lets through, and counts all", async () => {
    const house = open({ inputs: ["contoso", "fabrikam"] });
    await house.pollAll();
    const names = async (query: string) =>
      (await statusOf(house, query)).streams.map(({ input, service }) => `${input}/${service}`);
    expect(await names("?q=SIGN")).toEqual(["contoso/signIns", "fabrikam/signIns"]);
    expect(await names("?input=fabrikam")).toEqual(["fabrikam/signIns", "fabrikam/alerts_v2"]);
    expect(await names("?state=failing")).toEqual([]);
    expect((await statusOf(house, "?state=failing")).counts.healthy).toBe(4);
  });

  it("has a JSON Schema beside it", async () => {
    const schema = await (await open().fetch("/v1/status/schema")).json() as { required: string[] };
    expect(schema.required).toEqual(expect.arrayContaining(["summary", "needs", "streams"]));
  });

  it("needs the token where figures do", async () => {
    const guard = { loopback: true, token: "a-token-of-length-24-abc" };
    const house = open({ guard });
    expect((await house.fetch("/v1/status")).status).toBe(401);
    expect((await open({ guard: { ...guard, opensFigures: true } }).fetch("/v1/status")).status).toBe(200);
  });
});
