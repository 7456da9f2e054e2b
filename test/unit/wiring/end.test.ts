import { describe, expect, it } from "vitest";
import { type ExitCode, GraphtapError } from "../../../src/errors.ts";
import { createLog } from "../../../src/telemetry/log.ts";
import { type Done, endOfPolls, runToEnd, stoppedBy } from "../../../src/wiring/end.ts";

const failed = (code: "graph-forbidden" | "graph-timeout" | "sink-closed", message = "what failed") =>
  new GraphtapError(code, message);

async function ended(work: Promise<Done>, close: () => Promise<void> = () => Promise.resolve()) {
  const lines: string[] = [];
  const log = createLog({ write: (line) => lines.push(line), format: "json", level: "info", now: () => 0 });
  const code: ExitCode = await runToEnd({ log, close }, work);
  expect(lines).toHaveLength(1);
  const { time: _, ...line } = JSON.parse(lines[0]!) as Record<string, unknown>;
  expect(line["exit_code"]).toBe(code);
  return line;
}

describe("the end of a command", () => {
  it.each(
    [
      ["SIGTERM", "ended: stopped by SIGTERM"],
      ["SIGINT", "ended: stopped by SIGINT"],
      ["SIGQUIT", "ended: stopped by SIGQUIT"],
      ["parent-gone", "ended: stopped because the process that started this one is gone"],
    ] as const,
  )("by %s is a good one", async (cause, message) => {
    expect(await ended(Promise.reject(stoppedBy(cause)))).toEqual({ level: "info", message, exit_code: 0 });
  });

  it("by itself says so", async () => {
    expect(await ended(Promise.resolve({ reason: "done", exitCode: 0 })))
      .toEqual({ level: "info", message: "ended: done", exit_code: 0 });
    expect(await ended(Promise.resolve({ reason: "1 of 2 streams failed", exitCode: 1 })))
      .toEqual({ level: "warn", message: "ended: 1 of 2 streams failed", exit_code: 1 });
  });

  it("tells the gaps that are open, and is a good one all the same", async () => {
    const missing = { gaps: 2, gap_seconds: 90, streams: ["contoso/signIns"], lost_seconds: 0, lostBy: [] };
    expect(await ended(Promise.resolve(endOfPolls([null], missing)))).toEqual({
      level: "warn",
      message: "ended: done, with 2 gaps of 1 min 30 s in contoso/signIns: see graphtap gaps",
      gaps: 2,
      gap_seconds: 90,
      exit_code: 0,
    });
    const lost = { ...missing, gaps: 0, streams: [], lost_seconds: 60, lostBy: ["contoso/signIns"] };
    expect(await ended(Promise.resolve(endOfPolls([null], lost)))).toEqual({
      level: "warn",
      message: "ended: done, with 1 min lost for good in contoso/signIns: see graphtap gaps",
      lost_seconds: 60,
      exit_code: 0,
    });
    const none = { gaps: 0, gap_seconds: 0, streams: [], lost_seconds: 0, lostBy: [] };
    expect(await ended(Promise.resolve(endOfPolls([null], none))))
      .toEqual({ level: "info", message: "ended: done", exit_code: 0 });
  });

  it("by a failure has its codes, ours and the old collector's", async () => {
    expect(await ended(Promise.reject(failed("sink-closed"))))
      .toEqual({ level: "error", message: "ended: what failed", code: "sink-closed", exit_code: 4 });
    expect(await ended(Promise.reject(failed("graph-forbidden")))).toMatchObject({
      code: "graph-forbidden",
      collector: "SetupError 102",
      exit_code: 3,
    });
  });

  it("by a bug tells where", async () => {
    const line = await ended(Promise.reject(new TypeError("x is not a function")));
    expect(line).toMatchObject({
      level: "error",
      message: "ended: TypeError: x is not a function",
      code: "bug",
      stack: expect.stringContaining("end.test.ts"),
      exit_code: 70,
    });
  });

  it("comes after everything is closed; a failure of that is told unless there was one before", async () => {
    let closed = 0;
    const broken = () => Promise.reject(failed("graph-timeout", `closing failed, ${++closed}`));
    expect(await ended(Promise.resolve({ reason: "done", exitCode: 0 }), broken))
      .toMatchObject({ message: "ended: closing failed, 1", exit_code: 1 });
    expect(await ended(Promise.reject(stoppedBy("SIGTERM")), broken))
      .toMatchObject({ message: "ended: closing failed, 2", exit_code: 1 });
    expect(await ended(Promise.reject(failed("sink-closed")), broken))
      .toMatchObject({ message: "ended: what failed", exit_code: 4 });
    expect(closed).toBe(3);
  });
});

describe("the end of finished polls", () => {
  it.each<[string, (GraphtapError | null)[], Done]>([
    ["nothing failed", [null, null], { reason: "done", exitCode: 0 }],
    ["there was nothing to poll", [], { reason: "done", exitCode: 0 }],
    ["one of two failed", [null, failed("graph-forbidden")], {
      reason: "1 of 2 streams failed",
      exitCode: 1,
    }],
    ["all failed alike", [failed("graph-forbidden"), failed("graph-forbidden")], {
      reason: "2 of 2 streams failed",
      exitCode: 3,
    }],
    ["all failed, each in its own way", [failed("graph-forbidden"), failed("graph-timeout")], {
      reason: "2 of 2 streams failed",
      exitCode: 1,
    }],
  ])("when %s", (_, errors, end) => expect(endOfPolls(errors)).toEqual(end));
});
