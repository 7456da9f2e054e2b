import { describe, expect, it } from "vitest";
import { GraphtapError } from "../../../src/errors.ts";
import { createOutage } from "../../../src/graph/outage.ts";
import { createLog } from "../../../src/telemetry/log.ts";

const refusedConnection = new GraphtapError("graph-unreachable", "the connection was refused");
const noName = new GraphtapError("graph-unreachable", "the host name cannot be resolved");
const wrongSecret = new GraphtapError("token-refused", "the secret is wrong");

function outage() {
  const lines: string[] = [];
  const write = (line: string) => lines.push(line.replace(/^\S+ /, "").trim());
  const log = createLog({ write, format: "text", level: "info", now: () => 0 });
  return { lines, ...createOutage(log, "it answers again") };
}

describe("an outage of an input", () => {
  it("is told once, however many streams meet it and however often, and so is its end", () => {
    const { lines, failed, works } = outage();
    for (let tries = 0; tries < 5; tries++) {
      for (const who of ["signIns", "alerts", "audits"]) failed(who, refusedConnection);
    }
    works("signIns");
    works("alerts");
    failed("audits", refusedConnection);
    works("audits");
    works("audits");
    expect(lines).toEqual([
      'warn  the connection was refused code=graph-unreachable collector="MicrosoftGraphPullerConnectionException 4"',
      "info  it answers again",
    ]);
  });

  it("is told anew when it comes again, and when its reason changes", () => {
    const { lines, failed, works } = outage();
    failed("signIns", refusedConnection);
    failed("signIns", noName);
    works("signIns");
    failed("signIns", refusedConnection);
    expect(lines.map((line) => line.split(" code=")[0])).toEqual([
      "warn  the connection was refused",
      "warn  the host name cannot be resolved",
      "info  it answers again",
      "warn  the connection was refused",
    ]);
  });

  it("is told once although each answer has its own words, when their reason is the same", () => {
    const { lines, failed } = outage();
    for (const who of ["signIns", "alerts", "signIns"]) {
      const message = `Cannot read page of "${who}": Graph answered 503 (request-id ${lines.length})`;
      failed(who, new GraphtapError("graph-unavailable", message, { reason: "503" }));
    }
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('page of "signIns"');
  });

  it("is an error where waiting does not mend it", () => {
    const { lines, failed } = outage();
    failed("login", wrongSecret);
    expect(lines[0]).toMatch(/^error the secret is wrong code=token-refused/);
  });

  it("that is one stream's alone ends with that stream, whatever the others do", () => {
    const { lines, failed, works } = outage();
    for (let tries = 0; tries < 5; tries++) {
      failed("signIns", refusedConnection);
      works("alerts");
    }
    expect(lines).toHaveLength(1);
  });

  it("that says something else each time does not fill the log", () => {
    const { lines, failed } = outage();
    for (let n = 0; n < 100; n++) failed("signIns", new GraphtapError("graph-unreachable", `failure ${n}`));
    expect(lines).toHaveLength(10);
  });
});
