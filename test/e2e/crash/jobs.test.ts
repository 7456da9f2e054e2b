/** The real process over jobs and queries: killed, started again, and every record comes out byte for byte. */
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { Fault } from "../../../src/emulator/faults.ts";
import { addSeconds, fromMillis } from "../../../src/instant.ts";
import { eventLines } from "../../support/eventLines.ts";
import { run, start } from "../../support/program.ts";
import { contoso, openSite } from "../../support/site.ts";

const AUDIT = "unified_audit";
const HUNTING = "hunting_email_events";

/** Kills a pull at the first request that a fault holds up, and pulls until nothing new comes. */
async function killedAt(service: string, match: Fault["match"], action: Fault["do"]) {
  const site = await openSite({ jobs: { seconds: 1 } });
  site.emulator.produce(service, 60, { from: site.start, to: addSeconds(fromMillis(Date.now()), -1) });
  const words = ["pull", "-c", site.write([contoso(service)])];
  // Where a job is done before the kill, one pull asks for it.
  if (match?.path?.includes("records")) {
    expect((await run(words)).code).toBe(0);
    await sleep(1100);
  }
  const fault = site.emulator.faults.add({ match: { collection: service, ...match }, do: action });
  const dying = start(words);
  await dying.until(() => fault.hits > 0, "request that is held up");
  await sleep(200);
  dying.kill("SIGKILL");
  await dying.exited;
  fault.remove();
  const outputs = [(await dying.ended).stdout];
  for (let pulls = 0; pulls < 6; pulls++) {
    const { code, stdout, stderr } = await run(words);
    expect(code, stderr).toBe(0);
    outputs.push(stdout);
    await sleep(400);
  }
  const lines = outputs.flatMap((output) => eventLines(output));
  const wanted = site.records(service);
  return { site, wanted: new Set(wanted), came: lines.map(({ record }) => record) };
}

const HELD: Fault["do"] = { kind: "stall" };

describe("the unified audit log", () => {
  it.each<[string, Fault["match"]]>([
    ["when Graph has taken a job and its answer has not come", { path: "/queries" }],
    ["while the records of a job are read", { path: "/records" }],
  ])("is whole after a kill %s, and no window is asked for twice", async (_, match) => {
    const { site, wanted, came } = await killedAt(AUDIT, match, HELD);
    expect(new Set(came)).toEqual(wanted);
    const windows = site.emulator.requests
      .filter(({ method, status, path }) => method === "POST" && status === 201 && path.endsWith("/queries"))
      .map(({ filter }) => JSON.parse(filter!).filterStartDateTime as string);
    expect(new Set(windows).size).toBe(windows.length);
    expect(windows).toHaveLength(1);
  });
});

describe("advanced hunting", () => {
  it("is whole after a kill while an answer comes", async () => {
    const { wanted, came } = await killedAt(HUNTING, {}, { kind: "stall", afterBytes: 900 });
    expect(new Set(came)).toEqual(wanted);
  });
});
