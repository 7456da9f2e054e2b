import { setImmediate } from "node:timers/promises";
import { expect, it } from "vitest";
import { type PageReader, readPage } from "../../../src/graph/pages.ts";
import { createPermits } from "../../../src/graph/permits.ts";
import { createFramers } from "../../../src/json/framer.ts";
import { createLog } from "../../../src/telemetry/log.ts";
import { manualClock } from "../../support/manualClock.ts";

const PAGE = new TextEncoder().encode(
  `{"value":[${
    Array.from({ length: 400 }, (_, id) => `{"id":"${id}","name":"${"x".repeat(40)}"}`).join(",")
  }]}`,
);
const ASKED = { service: "signIns", permissions: [], followsLink: false, hasAdditionalFilter: false };
const NO_PERMITS = createPermits([], "live");

/** A page in halves, with turns of the event loop before each. */
async function* slowly(): AsyncIterable<Uint8Array> {
  for (const half of [PAGE.slice(0, PAGE.length / 2), PAGE.slice(PAGE.length / 2)]) {
    for (let turn = 0; turn < 5; turn++) await setImmediate();
    yield half;
  }
}

function readerOf(body: () => AsyncIterable<Uint8Array>) {
  const clock = manualClock();
  const taken = { together: 0, oneByOne: 0 };
  const reader: PageReader = {
    graph: { ask: () => Promise.resolve({ status: 200, header: () => null, body: body() }) },
    graphUrl: "https://graph.microsoft.com",
    clock,
    random: () => 0,
    log: createLog({ level: "error", format: "json", write: () => {}, now: () => clock.now() }),
    framers: createFramers(),
    onRecord: () => void taken.oneByOne++,
    onBatch: ({ count }) => {
      taken.together += count;
      return true;
    },
    onProgress: () => Promise.resolve(),
    onRequest: () => {},
  };
  const read = () =>
    readPage(reader, { url: "https://graph.microsoft.com/v1.0/auditLogs/signIns" }, ASKED, {
      permits: NO_PERMITS,
      visited: new Set<string>(),
      attempts: 1,
    });
  return { read, taken };
}

it("Of two hundred pages at once none is read the slow way", async () => {
  const { read, taken } = readerOf(slowly);
  await Promise.all(Array.from({ length: 200 }, read));
  expect(taken).toEqual({ together: 200 * 400, oneByOne: 0 });
});

it("Pages that break off keep no place from others", async () => {
  let breaks = true;
  const { read, taken } = readerOf(async function* () {
    yield PAGE.slice(0, 20_000);
    await setImmediate();
    if (breaks) throw new Error("gone");
    yield PAGE.slice(20_000);
  });
  const broken = await Promise.allSettled(Array.from({ length: 200 }, read));
  expect(broken.filter(({ status }) => status === "rejected")).toHaveLength(200);
  breaks = false;
  taken.together = 0;
  await Promise.all(Array.from({ length: 200 }, read));
  expect(taken).toEqual({ together: 200 * 400, oneByOne: 0 });
});
