import { describe, expect, it } from "vitest";
import { createExpiry } from "../../../../src/graph/auth/expiry.ts";
import { createLog } from "../../../../src/telemetry/log.ts";

const DAY_MS = 86_400_000;
const END = Date.UTC(2027, 0, 31);
const before = (days: number) => END - days * DAY_MS;

/** What is said when the end is learned at each of these days ahead of it. */
function said(daysAhead: readonly number[], toldUntilMs?: () => number | null): string[] {
  let nowMs = 0;
  const lines: string[] = [];
  const log = createLog({
    write: (line) => lines.push(line),
    format: "text",
    level: "info",
    now: () => nowMs,
  });
  const expiry = createExpiry({ kind: "client_certificate", log, now: () => nowMs, toldUntilMs });
  for (const days of daysAhead) {
    nowMs = before(days);
    expiry.learned(END);
  }
  return lines.map((line) => /\((.*)\)/.exec(line)?.[1] ?? line);
}

describe("the end of a credential", () => {
  it("is told 30, 14, 7 and 1 days ahead, and once each", () => {
    const everyHour = Array.from({ length: 40 * 24 }, (_, hour) => 40 - hour / 24);
    expect(said(everyHour)).toEqual(["in 30 days", "in 14 days", "in 7 days", "in 1 day"]);
  });

  it("is told at once where it is near at the start", () => {
    expect(said([5, 4.9])).toEqual(["in 5 days"]);
    expect(said([-1])).toEqual(["it is over"]);
  });

  it("is not told again by a process that was started after one that told it", () => {
    expect(said([13], () => before(13.5))).toEqual([]);
    expect(said([13], () => before(14.5))).toEqual(["in 13 days"]);
    expect(said([13, 6], () => before(13.5))).toEqual(["in 6 days"]);
  });

  it("names the credential, the moment and what to do", () => {
    const lines: string[] = [];
    const log = createLog({ write: (line) => lines.push(line), format: "text", level: "info", now: () => 0 });
    createExpiry({ kind: "client_secret", log, now: () => before(2) }).learned(END);
    expect(lines[0]).toContain(
      "client_secret ends at 2027-01-31T00:00:00Z (in 2 days); put a new one in its place: it is taken with the next " +
        "token, without a restart",
    );
  });

  it("is what was learned last", () => {
    const log = createLog({ write: () => {}, format: "text", level: "info", now: () => 0 });
    const expiry = createExpiry({ kind: "client_certificate", log, now: () => 0 });
    expect(expiry.endsMs).toBeNull();
    expiry.learned(END);
    expiry.learned(END + 1);
    expect(expiry.endsMs).toBe(END + 1);
  });
});

it("of a secret no more is kept than its hint, as Entra shows it", () => {
  const log = createLog({ write: () => {}, format: "text", level: "info", now: () => 0 });
  const expiry = createExpiry({ kind: "client_secret", log, now: () => 0 });
  expiry.usedSecret("s3cr3t~value");
  expect(expiry.hint).toBe("s3c");
});
