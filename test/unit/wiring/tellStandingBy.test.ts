import { expect, it } from "vitest";
import type { ServiceManager } from "../../../src/wiring/serviceManager.ts";
import { tellStandingBy } from "../../../src/wiring/tellStandingBy.ts";
import { manualClock } from "../../support/manualClock.ts";

/** What a manager is told within ten minutes of a wait for two processes, one after the other. */
async function told(options: Pick<ServiceManager, "listens" | "watchdogMs">) {
  const said: unknown[] = [];
  const clock = manualClock(0);
  const over = new AbortController();
  const minutes = () => clock.now() / 60_000;
  const manager = {
    ...options,
    ready: () => void said.push("ready"),
    status: (text: string, feeds: boolean) => void said.push([minutes(), text, feeds]),
  };
  const sleep = async (ms: number, signal?: AbortSignal) => {
    if (minutes() >= 8) over.abort(new Error("over"));
    await clock.sleep(ms, signal);
  };
  await tellStandingBy(manager, () => minutes() < 5 ? "process 7" : "process 8", { sleep }, over.signal);
  return said;
}

it("who stands by is ready, feeds its watchdog at half of its patience, and names who is waited for", async () => {
  expect(await told({ listens: true, watchdogMs: 150_000 })).toEqual([
    "ready",
    [0, "Standing by: process 7 has the state folder", true],
    [2.5, "Standing by: process 7 has the state folder", true],
    [5, "Standing by: process 8 has the state folder", true],
    [7.5, "Standing by: process 8 has the state folder", true],
    [10, "Standing by: process 8 has the state folder", true],
  ]);
});

it("feeds no watchdog where there is none, and tells nobody who does not listen", async () => {
  expect(await told({ listens: true, watchdogMs: null })).toEqual([
    "ready",
    [0, "Standing by: process 7 has the state folder", false],
    [5, "Standing by: process 8 has the state folder", false],
    [10, "Standing by: process 8 has the state folder", false],
  ]);
  expect(await told({ listens: false, watchdogMs: null })).toEqual([]);
});
