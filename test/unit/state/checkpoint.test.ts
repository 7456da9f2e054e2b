import { Buffer } from "node:buffer";
import { crc32 } from "node:zlib";
import { describe, expect, it } from "vitest";
import { parseInstant } from "../../../src/instant.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../../../src/state/checkpoint.ts";
import type { Checkpoint } from "../../../src/state/checkpointForm.ts";
import { emptyPosition, type Position } from "../../../src/state/position.ts";
import { withoutChecksum } from "../../support/state.ts";

const address = { inputId: "10001", service: "signIns" };
const at = (text: string) => parseInstant(text)!;
const empty = emptyPosition();
const position: Position = {
  start: "2026-01-01T00-00-00Z",
  beganAt: at("2026-01-01T00:00:00Z"),
  begunMs: 1_763_827_199_000,
  watermark: at("2026-11-22T15:00:00Z"),
  backfill: [{ from: at("2026-01-01T00:00:00Z"), to: at("2026-02-01T00:00:00Z") }],
  backfilledTo: null,
  backfillEndsMs: 1_795_363_200_000,
  rereads: [{ readTo: at("2026-11-22T14:00:00Z"), idle: 2 }],
  rereadCredit: -1.5,
  newest: { time: at("2026-11-22T15:59:59.1234567Z"), ids: ["a", "b"] },
  filter: null,
  interruption: {
    window: { from: at("2026-11-22T15:00:00Z"), to: at("2026-11-22T16:00:00Z") },
    link: "https://graph.microsoft.com/v1.0/auditLogs/signIns?$skiptoken=x",
  },
  windowSeconds: 3600,
  overlapSeconds: 900,
  lastPollStartedMs: 1_763_827_200_123,
  lastPollEndedMs: 1_763_827_201_456,
  lastSuccessMs: 1_763_827_201_456,
  lastError: "graph-throttled",
  records: 12,
  jobs: [],
  duplicates: 3,
};
/** The same on the disk. */
const full: Checkpoint = {
  persistence_version: 3,
  service: "signIns",
  input_id: "10001",
  start_time_in_utc: "2026-01-01T00-00-00Z",
  began_at: "2026-01-01T00:00:00Z",
  begun_ms: 1_763_827_199_000,
  read_to: "2026-11-22T15:00:00Z",
  backfill: [{ from: "2026-01-01T00:00:00Z", to: "2026-02-01T00:00:00Z" }],
  backfill_ends_ms: 1_795_363_200_000,
  sweeps: [{ read_to: "2026-11-22T14:00:00Z", idle: 2 }],
  sweep_credit: -1.5,
  last_event_time_in_utc: "2026-11-22T15:59:59.1234567Z",
  last_ids: ["a", "b"],
  window: { from: "2026-11-22T15:00:00Z", to: "2026-11-22T16:00:00Z" },
  next_link: "https://graph.microsoft.com/v1.0/auditLogs/signIns?$skiptoken=x",
  window_seconds: 3600,
  overlap_seconds: 900,
  last_poll_started_ms: 1_763_827_200_123,
  last_poll_ended_ms: 1_763_827_201_456,
  last_success_ms: 1_763_827_201_456,
  last_error: "graph-throttled",
  records: 12,
  duplicates: 3,
};

const change = (members: Record<string, unknown>) => JSON.stringify({ ...full, ...members });

describe("a checkpoint", () => {
  it.each([["full", position], ["empty", empty]])("that is %s comes back as it was", (_, one) => {
    const decoded = decodeCheckpoint(encodeCheckpoint(one, address), address);
    expect(decoded).toEqual({ kind: "ok", position: one, address });
  });

  it("says how far a backfill read where one did", () => {
    const backfilledTo = at("2026-02-01T00:00:00Z");
    const text = encodeCheckpoint({ ...position, backfilledTo }, address);
    expect(JSON.parse(text).backfilled_to).toBe("2026-02-01T00:00:00Z");
    expect(decodeCheckpoint(text, address)).toMatchObject({ kind: "ok", position: { backfilledTo } });
    expect(decodeCheckpoint(change({ backfilled_to: "today" }), address)).toMatchObject({ kind: "corrupt" });
  });

  it("has a filter where it is not the first that is asked by", () => {
    const filter = { step: 2, sinceMs: 1_795_363_200_000 };
    const text = encodeCheckpoint({ ...position, filter }, address);
    expect(JSON.parse(text).filter).toEqual({ step: 2, since_ms: 1_795_363_200_000 });
    expect(decodeCheckpoint(text, address)).toMatchObject({ kind: "ok", position: { filter } });
    expect(decodeCheckpoint(change({ filter: { step: -1 } }), address)).toMatchObject({ kind: "corrupt" });
  });

  it("has the jobs that Graph is collecting, and does not name them where there are none", () => {
    const job = {
      name: "graphtap unified_audit 2026-11-22T15:00:00Z 2026-11-22T16:00:00Z 1",
      id: null,
      window: { from: at("2026-11-22T15:00:00Z"), to: at("2026-11-22T16:00:00.5Z") },
      purpose: "reread",
      depth: 2,
      askedMs: 1_763_827_200_123,
      failures: 1,
    } as const;
    const jobs = [job, { ...job, name: "another", id: "168ec429" }];
    const text = encodeCheckpoint({ ...position, jobs }, address);
    expect(decodeCheckpoint(text, address)).toMatchObject({ kind: "ok", position: { ...position, jobs } });
    expect(encodeCheckpoint(position, address)).not.toContain("jobs");
    const broken = withoutChecksum(text).replace('"reread"', '"sideways"');
    expect(decodeCheckpoint(broken, address)).toMatchObject({ kind: "corrupt" });
  });

  it("has the members and texts that version 0.1 gave it, in their order, and a checksum behind them", () => {
    const checksum = crc32(JSON.stringify(full)).toString(16).padStart(8, "0");
    expect(encodeCheckpoint(position, address)).toBe(`${JSON.stringify({ ...full, checksum }, null, 2)}\n`);
  });

  it("in which any one bit is wrong is corrupt, or says what it said", () => {
    const bytes = Buffer.from(encodeCheckpoint(position, address, { segment: 3, bytes: 4096 }));
    const whole = decodeCheckpoint(bytes.toString(), address);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      const decoded = decodeCheckpoint(bytes.toString(), address);
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      // The version stands before all: a newer one may have other checksums.
      if (decoded.kind === "ok") expect(decoded, `bit ${bit}`).toEqual(whole);
    }
  });

  it("that was changed by hand counts when it has no checksum any more", () => {
    const text = encodeCheckpoint(position, address).replace('"records": 12', '"records": 13');
    expect(decodeCheckpoint(text, address).kind).toBe("corrupt");
    expect(decodeCheckpoint(withoutChecksum(text), address)).toMatchObject({ position: { records: 13 } });
  });

  it("is written for people, one member a line", () => {
    expect(encodeCheckpoint(position, address)).toContain(`\n  "read_to": "2026-11-22T15:00:00Z",\n`);
  });

  it("keeps no members it does not know, and no more than the last hundred ids", () => {
    const ids = Array.from({ length: 130 }, (_, index) => `id-${index}`);
    const decoded = decodeCheckpoint(change({ colour: "red", last_ids: ids }), address);
    expect(decoded).toEqual({
      kind: "ok",
      position: { ...position, newest: { ...position.newest, ids: ids.slice(30) } },
      address,
    });
  });

  it("keeps no more ids than have 16,384 letters together", () => {
    const ids = ["a", "b".repeat(1_000_000), "c".repeat(10_000), "d"];
    const wide = { ...position, newest: { ...position.newest!, ids } };
    const text = encodeCheckpoint(wide, address);
    expect(JSON.parse(text)).toMatchObject({ last_ids: ids.slice(2) });
    const decoded = decodeCheckpoint(change({ last_ids: ids }), address);
    expect(decoded).toMatchObject({ position: { newest: { ids: ids.slice(2) } } });
  });

  it.each<[string, Record<string, unknown>, Position["newest"]]>([
    ["under its newest name", { persistence_version: 1, last_event_time_in_utc: "2024-05-01T00:00:00Z" }, {
      time: at("2024-05-01T00:00:00Z"),
      ids: [],
    }],
    ["under its older name", { persistence_version: 1, last_polled_timestamp: "2024-05-01T00:00:00.5Z" }, {
      time: at("2024-05-01T00:00:00.5Z"),
      ids: [],
    }],
    ["as Python writes it", { last_polled_timestamp: "2024-05-01 00:00:00.123456", last_ids: ["x"] }, {
      time: at("2024-05-01T00:00:00.123456Z"),
      ids: ["x"],
    }],
    ["absent", { persistence_version: 2, next_link: null }, null],
  ])("of an older version has its time %s", (_, old, newest) => {
    const decoded = decodeCheckpoint(JSON.stringify(old), address);
    expect(decoded).toEqual({ kind: "ok", position: { ...empty, newest }, address });
  });

  it("of a newer version says so, whatever else it holds", () => {
    expect(decodeCheckpoint(`{"persistence_version": 4, "read_to": [1]}`, address)).toEqual({
      kind: "newer",
      version: 4,
    });
  });

  it.each([
    ["nothing", ""],
    ["zeros", "\0".repeat(700)],
    ["half of it", encodeCheckpoint(position, address).slice(0, 300)],
    ["another JSON value", "[]"],
    ["null", "null"],
    ["no version", "{}"],
    ["a version in text", change({ persistence_version: "3" })],
    ["a missing member", change({ records: undefined })],
    ["a start that is no time", change({ began_at: "now" })],
    ["half a range to be read", change({ backfill: [{ to: "2026-11-01T00:00:00Z" }] })],
    ["a re-read that got nowhere", change({ sweeps: [{ read_to: null, idle: 0 }] })],
    ["an empty service", change({ service: "" })],
    ["a time that is none", change({ read_to: "2026-13-01T00:00:00Z" })],
    ["a number for a time", change({ last_event_time_in_utc: 1_763_827_200 })],
    ["ids that are not text", change({ last_ids: [1] })],
    ["half a window", change({ window: { from: "2026-11-22T15:00:00Z" } })],
    ["a negative count", change({ records: -1 })],
    ["a width of nothing", change({ window_seconds: 0 })],
    ["a poll after the last date", change({ last_success_ms: 8_640_000_000_000_001 })],
    ["a poll time in text", change({ last_poll_started_ms: "1" })],
  ])("that holds %s is corrupt", (_, text) => {
    const decoded = decodeCheckpoint(text, address);
    expect(decoded.kind).toBe("corrupt");
  });

  it("that is cut anywhere is corrupt, or whole", () => {
    const text = encodeCheckpoint(position, address).trimEnd();
    for (let length = 0; length < text.length; length++) {
      expect(decodeCheckpoint(text.slice(0, length), address).kind).toBe("corrupt");
    }
  });
});
