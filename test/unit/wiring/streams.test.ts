import { describe, expect, it } from "vitest";
import { GraphtapError } from "../../../src/errors.ts";
import type { StreamAddress } from "../../../src/state/state.ts";
import { createStreamSet, type SourcedStream } from "../../../src/wiring/streams.ts";
import { parseConfig } from "../../../src/config/load.ts";
import { atOnce } from "../../../src/config/steps.ts";
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

describe("streams whose configuration is read again", () => {
  /** A set of streams, with what was done to it, in order. */
  function setOf(...services: string[]) {
    const done: string[] = [];
    const clock = manualClock();
    const position = { ledger: () => ({ list: () => [] }) };
    const state = {
      stream: ({ inputId, service }: StreamAddress) => ({
        dir: `${inputId}/${service}`,
        loadPosition: () => {
          if (service === unreadable) throw new GraphtapError("state-unusable", "no");
          return null;
        },
        gaps: position.ledger,
        lost: position.ledger,
      }),
      release: ({ inputId, service }: StreamAddress) => void done.push(`release ${inputId}/${service}`),
    } as unknown as State;
    let unreadable: string | null = null;
    const configured = (text: string) => ({ config: parseConfig(text, options()).config!, registry });
    const set = createStreamSet(configured(small({ services })), {
      clock,
      state,
      log: createLog({ write: () => {}, format: "text", level: "error", now: clock.now }),
      transport: () => Promise.reject(new Error("nothing is sent here")),
    });
    const names = (streams: readonly SourcedStream[]) =>
      streams.map(({ input, service }) => `${input.name}/${service.name}`).join(" ");
    const work = {
      leave: (streams: readonly SourcedStream[]) =>
        Promise.resolve(void done.push(`leave ${names(streams)}`)),
      goOn: (streams: readonly SourcedStream[]) => void done.push(`go on ${names(streams)}`),
      settled: () => Promise.resolve(),
    };
    const stop = new AbortController();
    const change = (text: string) =>
      set.change(configured(text), work, stop.signal, () => done.push("prepare"));
    const stream = (name: string) => set.list().find(({ service }) => service.name === name)!;
    return {
      set,
      done,
      change,
      stream,
      stop,
      breakState: (service: string) => void (unreadable = service),
      compare: (text: string) => atOnce(set.compare(configured(text))),
    };
  }
  const [SIGN_INS, AUDITS] = ["signIns: {}", "directory_audits: {}"];
  const SLOWER = "signIns: {request_period_in_seconds: 600}";

  it("are let go where they change or go, and only then come anew, in the new order", async () => {
    const { done, change, compare } = setOf(SIGN_INS, AUDITS);
    const next = small({ services: ["alerts_v2: {}", SLOWER] });
    expect(compare(next)).toEqual({
      added: [{ input: "a", service: "alerts_v2" }],
      removed: [{ input: "a", service: "directory_audits" }],
      changed: [{ input: "a", service: "signIns" }],
      unchanged: [],
    });
    await change(next);
    await Promise.resolve();
    expect(done).toEqual([
      "leave a/signIns a/directory_audits",
      "prepare",
      "go on a/alerts_v2 a/signIns",
      "release 10001/directory_audits",
    ]);
  });

  it("are the same objects where nothing of theirs changes", async () => {
    const { set, change, stream } = setOf(SIGN_INS, AUDITS);
    const [signIns, audits] = set.list();
    await change(small({ services: [AUDITS, SLOWER] }));
    expect(stream("directory_audits")).toBe(audits);
    expect(stream("signIns")).not.toBe(signIns);
    expect(set.list().map(({ service }) => service.name)).toEqual(["directory_audits", "signIns"]);
  });

  it("share the token, the way and the budgets that their neighbours have, through several readings", async () => {
    const { change, stream } = setOf(SIGN_INS, AUDITS);
    const audits = stream("directory_audits");
    for (const period of [600, 700, 800]) {
      await change(small({ services: [`signIns: {request_period_in_seconds: ${period}}`, AUDITS] }));
    }
    expect(stream("signIns").tokens).toBe(audits.tokens);
    expect(stream("signIns").graph).toBe(audits.graph);
    const reportsOf = ({ traffic }: SourcedStream) => traffic.input.budgets.get("reports")!.limiters;
    expect(reportsOf(stream("signIns"))).toHaveLength(1);
  });

  it("get another token with other credentials, and keep what the input's budgets have counted", async () => {
    const { change, stream } = setOf(SIGN_INS);
    const before = stream("signIns");
    await change(small().replace("s3cr3t~value", "another~value"));
    expect(stream("signIns").tokens).not.toBe(before.tokens);
    expect(stream("signIns").traffic).toBe(before.traffic);
    expect(stream("signIns").traffic.input.budgets.get("reports")!.limiters).toHaveLength(1);
  });

  it("keep what they counted under a limit of their input while that stays", async () => {
    const limits = (number: number) => [`requests_limits: [{period: 1m, number_of_requests: ${number}}]`];
    const { change, stream } = setOf(SIGN_INS);
    await change(small({ input: limits(2) }));
    const { traffic } = stream("signIns");
    const limiters = traffic.input.budgets.get("input")!.limiters;
    await change(small({ input: limits(2), services: [SLOWER] }));
    expect(limiters).toHaveLength(1);
    await change(small({ input: limits(3), services: [SLOWER] }));
    expect(limiters).toHaveLength(2);
  });

  it("are as before where what comes cannot be read", async () => {
    const { set, done, change, breakState } = setOf(SIGN_INS, AUDITS);
    const before = set.list();
    breakState("alerts_v2");
    await expect(change(small({ services: [SIGN_INS, "alerts_v2: {}"] }))).rejects.toThrow("no");
    expect(set.list()).toEqual(before);
    expect(done).toEqual(["leave a/directory_audits", "prepare", "go on a/signIns a/directory_audits"]);
  });

  it("do not come when the stop came first", async () => {
    const { set, done, change, stop } = setOf(SIGN_INS);
    stop.abort(new GraphtapError("stopped", "enough"));
    await expect(change(small({ services: [SLOWER] }))).rejects.toThrow("enough");
    expect(set.list()[0]!.service.periodSeconds).toBe(300);
    expect(done).toEqual(["leave a/signIns"]);
  });

  it("keep what is open of a position that goes on under another name", async () => {
    const { done, change } = setOf(SIGN_INS);
    await change(small().replace("  a:", "  renamed:"));
    await Promise.resolve();
    expect(done).toEqual(["leave a/signIns", "prepare", "go on renamed/signIns"]);
  });
});
