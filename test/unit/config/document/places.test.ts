import { describe, expect, it } from "vitest";
import { problemsOf, small } from "../example.ts";

describe("a place", () => {
  it("of what an alias brings is where it is written", () => {
    const text = "x-common: &common {request_period_in_seconds: 5}\n" +
      small({ services: ["signIns: *common", "alerts_v2: {<<: *common}"] });
    expect(problemsOf(text).map((problem) => problem.split(":", 2).join(":"))).toEqual([
      "1:47 error inputs.a.services.signIns.request_period_in_seconds",
      "1:47 error inputs.a.services.alerts_v2.request_period_in_seconds",
    ]);
  });

  it("is right in JSON", () => {
    const text = '{\n  "inputs": {\n    "a": {"id": true}\n  }\n}\n';
    expect(problemsOf(text)).toContain(
      "3:17 error inputs.a.id: found true, expected a text that is not empty, or a whole number",
    );
  });
});
