import { describe, expect, it } from "vitest";
import { createLog, LOG_FORMATS, type LogFormat, type LogLevel } from "../../../src/telemetry/log.ts";

function logged(
  format: LogFormat,
  level: LogLevel,
  use: (log: ReturnType<typeof createLog>) => void,
): string {
  let text = "";
  use(createLog({ write: (line) => text += line, format, level, now: () => Date.UTC(2026, 10, 22, 16) }));
  return text;
}

describe("the log", () => {
  it("is a line of text for people", () => {
    const text = logged(
      "text",
      "info",
      (log) => log.with({ input: "contoso" }).info("pull done", { sent: 3, next_in_s: undefined }),
    );
    expect(text).toBe("2026-11-22T16:00:00.000Z info  pull done input=contoso sent=3\n");
  });

  it("is a line of JSON for programs", () => {
    const text = logged("json", "info", (log) => log.warn("late", { service: "signIns" }));
    expect(JSON.parse(text)).toEqual({
      time: "2026-11-22T16:00:00.000Z",
      level: "warn",
      message: "late",
      service: "signIns",
    });
  });

  it("leaves out what is less severe than its level", () => {
    const text = logged(
      "text",
      "warn",
      (log) => (log.debug("a"), log.info("b"), log.warn("c"), log.error("d")),
    );
    expect(text.trim().split("\n").map((line) => line.at(-1))).toEqual(["c", "d"]);
  });

  it.each(LOG_FORMATS)("cannot be made to print a second line: %s", (format) => {
    const text = logged(format, "info", (log) => log.info("one\nforged", { input: "x\ny=1 level=error" }));
    expect(text.split("\n")).toHaveLength(2);
    expect(text).not.toMatch(/ y=1 level=error$/);
  });

  it.each(LOG_FORMATS)("cannot be made to steer a terminal: %s", (format) => {
    const hostile = "a\u001b[2J\u007f\u009b31m\u0085\u2028\u2029\u202egnihton\u2066";
    const text = logged(format, "info", (log) => log.info(hostile, { input: hostile, [`b`]: "plain" }));
    expect(text).not.toMatch(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]./u);
    if (format === "text") return expect(text).toContain("b=plain");
    const input = format === "json" ? "input" : "labels.input";
    expect(JSON.parse(text)).toMatchObject({ message: hostile, [input]: hostile });
  });
});
