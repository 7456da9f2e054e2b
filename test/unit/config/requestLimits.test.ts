import { describe, expect, it } from "vitest";
import { parseConfig } from "../../../src/config/load.ts";
import { options, small } from "./example.ts";

const input = (lines: Parameters<typeof small>[0]) => parseConfig(small(lines), options()).config!.inputs[0]!;

describe("requests_limits", () => {
  it.each([
    ["10s", "5", { requests: 5, seconds: 10 }],
    ["1m", '"60"', { requests: 60, seconds: 60 }],
    ["2h", "100", { requests: 100, seconds: 7200 }],
    ["1d", "1000", { requests: 1000, seconds: 86_400 }],
  ])("of %s and %s are a budget", (period, number, expected) => {
    const limits = `requests_limits: [{period: ${period}, number_of_requests: ${number}}]`;
    expect(input({ input: [limits] }).requestLimits).toEqual([expected]);
    expect(input({ services: [`signIns: {${limits}}`] }).services[0]!.requestLimits).toEqual([expected]);
  });

  it.each(["0", "-1"])("of %s requests are none", (number) => {
    expect(input({ input: [`requests_limits: [{period: 1s, number_of_requests: ${number}}]`] }).requestLimits)
      .toEqual(
        [],
      );
  });

  it("stand beside requests_per_second of a service", () => {
    const services = [
      "signIns: {requests_per_second: 4, requests_limits: [{period: 1m, number_of_requests: 9}]}",
    ];
    expect(input({ services }).services[0]!.requestLimits).toEqual([
      { requests: 9, seconds: 60 },
      { requests: 1, seconds: 0.25 },
    ]);
  });
});
