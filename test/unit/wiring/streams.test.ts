import { describe, expect, it } from "vitest";
import { createStreamSet } from "../../../src/wiring/streams.ts";
import { parseConfig } from "../../../src/config/load.ts";
import type { State } from "../../../src/state/state.ts";
import { createLog } from "../../../src/telemetry/log.ts";
import { manualClock } from "../../support/manualClock.ts";
import { options, registry, small } from "../config/example.ts";

function streamsOf(lines: Parameters<typeof small>[0]) {
  const clock = manualClock();
  const configured = { config: parseConfig(small(lines), options()).config!, registry };
  const set = createStreamSet(configured, {
    clock,
    state: { stream: () => ({}) } as unknown as State,
    log: createLog({ write: () => {}, format: "text", level: "error", now: clock.now }),
    transport: () => Promise.reject(new Error("nothing is sent here")),
  });
  return { clock, streams: set.list() };
}

/** Milliseconds that so many requests of a stream take to pass all its budgets. */
async function timeFor(lines: Parameters<typeof small>[0], requests: number, index = 0): Promise<number> {
  const { clock, streams } = streamsOf(lines);
  const began = clock.now();
  for (let count = 0; count < requests; count++) {
    for (const limiter of streams[index]!.limiters) (await limiter.acquire("live")).answered();
  }
  return clock.now() - began;
}

describe("the budgets of a stream", () => {
  it.each([
    ["none of its own", {}, 0],
    ["a limit of its input", { input: ["requests_limits: [{period: 1m, number_of_requests: 2}]"] }, 60_000],
    [
      "a limit of all inputs",
      { globals: ["requests_limits: [{period: 1m, number_of_requests: 2}]"] },
      60_000,
    ],
    ["a pace of its input", { input: ["requests_per_second: 2"] }, 1000],
    ["a limit of its own", {
      services: ["signIns: {requests_limits: [{period: 30s, number_of_requests: 1}]}"],
    }, 60_000],
    ["a pace of its own", { services: ["signIns: {requests_per_second: 0.5}"] }, 4000],
  ])("with %s", async (_, lines, ms) => {
    expect(await timeFor(lines, 3)).toBe(ms);
  });

  it("of all inputs are shared by its neighbours", async () => {
    const { clock, streams } = streamsOf({
      globals: ["requests_limits: [{period: 1m, number_of_requests: 2}]"],
      services: ["signIns:", "alerts_v2:"],
    });
    const began = clock.now();
    for (const { limiters } of [...streams, ...streams]) {
      for (const limiter of limiters) (await limiter.acquire("live")).answered();
    }
    expect(clock.now() - began).toBe(60_000);
  });

  it("do not hold its neighbours", async () => {
    const services = [
      "signIns: {requests_limits: [{period: 1h, number_of_requests: 1}]}",
      "directory_audits:",
    ];
    expect(await timeFor({ services }, 3, 1)).toBe(0);
  });
});

describe("the ways into Graph of a 1.x input", () => {
  const waysOf = (...endpoints: string[]) => {
    const { streams } = streamsOf({
      services: ["audit", "alerts"].flatMap((name, index) => [
        `${name}:`,
        `  custom_endpoints: {${endpoints[index] ?? ""}}`,
      ]),
    });
    return streams;
  };

  it("are one where its services say the same", () => {
    const [audit, alerts] = waysOf(...Array<string>(2).fill("override_base_url_main: https://graph.test"));
    expect([audit!.graphUrl, alerts!.graphUrl]).toEqual(Array(2).fill("https://graph.test"));
    expect(audit!.graph).toBe(alerts!.graph);
  });

  it("are those of its services where they differ, with tokens of their own", () => {
    const [audit, alerts] = waysOf("override_base_url_main: https://graph.test");
    expect([audit!.graphUrl, alerts!.graphUrl]).toEqual([
      "https://graph.test",
      "https://graph.microsoft.com",
    ]);
    expect(audit!.graph).not.toBe(alerts!.graph);
  });
});
