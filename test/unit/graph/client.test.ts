/** Some collections limit what may be under way at the same time, whatever its pace. */
import { describe, expect, it } from "vitest";
import { createGraphClient } from "../../../src/graph/client.ts";
import { createLimiters } from "../../../src/graph/limiters.ts";
import { createPermits } from "../../../src/graph/permits.ts";
import { readText } from "../../../src/graph/transport.ts";
import { createLog } from "../../../src/telemetry/log.ts";
import { manualClock } from "../../support/manualClock.ts";

const ASKED = { service: "secure_scores", permissions: [], followsLink: false, hasAdditionalFilter: false };
const APP = { tenantId: "contoso.example", clientId: "app" };

/** Several readers of one Graph that answers slowly, and the most requests that it had at the same time. */
function slowGraph(statusOf: (request: number) => number, breaksOff = (_request: number) => false) {
  const clock = manualClock();
  const limiters = [createLimiters(clock).of(APP, "scores")];
  const figures = { requests: 0, underWay: 0, most: 0 };
  const graph = createGraphClient({
    clock,
    log: createLog({ write: () => {}, format: "text", level: "error", now: clock.now }),
    userAgent: "graphtap/test",
    outage: { failed: () => {}, works: () => {} },
    tokens: { get: () => Promise.resolve("token"), current: () => "token", reject: () => true },
    transport: () => {
      figures.most = Math.max(figures.most, ++figures.underWay);
      const status = statusOf(figures.requests++);
      if (status === 0) {
        figures.underWay--;
        return Promise.reject(new Error("the connection was reset"));
      }
      return Promise.resolve({ status, header: () => null, body: body(breaksOff(figures.requests)) });
    },
  });
  async function* body(isCut: boolean) {
    try {
      for (let piece = 0; piece < 3; piece++) {
        await clock.sleep(1000);
        if (isCut && piece === 1) throw new Error("the connection was reset");
        yield new TextEncoder().encode("{}");
      }
    } finally {
      figures.underWay--;
    }
  }
  /** Reads a page of so many bytes at most. */
  async function read(bytes: number, signal?: AbortSignal): Promise<string> {
    const response = await graph.ask({ url: "https://x/" }, ASKED, createPermits(limiters, "live"), signal);
    return readText(response, bytes);
  }
  return { read, figures };
}

describe("requests to the scores", () => {
  it.each([
    ["that are read to their end", () => 200, 1000],
    ["that are broken off", () => 200, 2],
    ["of which some are refused", (request: number) => request % 3 === 0 ? 503 : 200, 1000],
    ["of which some meet a token that has ended", (request: number) => request % 5 === 0 ? 401 : 200, 1000],
    ["of which some find no connection", (request: number) => request % 3 === 0 ? 0 : 200, 1000],
  ])("%s are never more than four at once, and none waits for ever", async (_, statusOf, bytes) => {
    const { read, figures } = slowGraph(statusOf);
    const results = await Promise.allSettled(Array.from({ length: 30 }, () => read(bytes)));
    expect(figures).toMatchObject({ underWay: 0, most: 4 });
    const succeeded = results.filter(({ status }) => status === "fulfilled").length;
    expect(succeeded).toBeGreaterThanOrEqual(20);
    expect(figures.requests).toBeGreaterThanOrEqual(30);
  });

  it("leave their place to others once when their answers break off", async () => {
    const { read, figures } = slowGraph(() => 200, (request) => request % 3 === 0);
    const results = await Promise.allSettled(Array.from({ length: 30 }, () => read(1000)));
    expect(results.filter(({ status }) => status === "rejected")).toHaveLength(10);
    expect(figures).toEqual({ requests: 30, underWay: 0, most: 4 });
  });

  it("leave their place to others when they are told to stop while they wait", async () => {
    const { read, figures } = slowGraph(() => 200);
    const stop = new AbortController();
    const stopped = Array.from({ length: 10 }, () => read(1000, stop.signal));
    const others = Array.from({ length: 10 }, () => read(1000));
    stop.abort(new Error("stopped"));
    await expect(Promise.all(stopped)).rejects.toThrow("stopped");
    expect(await Promise.all(others)).toHaveLength(10);
    expect(figures.most).toBe(4);
  });
});
