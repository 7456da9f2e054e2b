/** What Graph does not give any more, or not all of it: told apart, said once, and nothing else suffers. */
import { afterEach, describe, expect, it } from "vitest";
import { addSeconds, formatInstant, fromMillis } from "../../src/instant.ts";
import { poll } from "../../src/tap/poll.ts";
import { pauseMs } from "../../src/tap/scheduler.ts";
import { openRig, type Rig } from "../support/rig.ts";

const signal = new AbortController().signal;
let rig: Rig;
afterEach(() => rig.close());

const anHour = (rig: Rig) => ({
  startTime: { text: "start", instant: addSeconds(fromMillis(rig.clock.now()), -3600) },
});

function putAlert(rig: Rig, id: number): void {
  const time = formatInstant(addSeconds(fromMillis(rig.clock.now()), -1 - id));
  rig.emulator.put("alerts", `{"id":"${id}","createdDateTime":"${time}","lastModifiedDateTime":"${time}"}`);
}

describe("legacy alerts", () => {
  it("of which a provider fails are delivered, and the provider is named once", async () => {
    rig = openRig({
      async between(request, pass) {
        const response = await pass(request);
        if (request.method !== "GET") return response;
        const warning = '199 - "Microsoft/MCAS/504/10001", 199 - "Microsoft/IPC/401/12"';
        return {
          ...response,
          status: 206,
          header: (name) => name === "warning" ? warning : response.header(name),
        };
      },
    });
    putAlert(rig, 1);
    const stream = rig.stream("alerts", anHour(rig));
    for (let polls = 0; polls < 3; polls++) {
      expect((await poll(stream, rig.engine, signal)).error).toBeNull();
      rig.clock.advance(300_000);
    }
    expect(rig.lines).toHaveLength(1);
    const said = rig.log.filter((line) => line.includes("a provider failed"));
    expect(said).toHaveLength(2);
    expect(said.join()).toMatch(/MCAS.*504.*IPC.*401/s);
  });

  it.each([404, 410])(
    "that are gone by %i are not taken for an empty collection, and the way out is named",
    async (status) => {
      rig = openRig();
      rig.emulator.faults.add({
        match: { collection: "alerts", times: "always" },
        do: { kind: "status", status },
      });
      const stream = rig.stream("alerts", anHour(rig));
      const { error } = await poll(stream, rig.engine, signal);
      expect(error).toMatchObject({ code: "graph-refused", kind: { recovery: "suspend-stream" } });
      expect(error!.message).toMatch(/use alerts_v2/);
      expect(stream.state.loadPosition()).toMatchObject({
        lastError: "graph-refused",
        lastSuccessMs: null,
      });
    },
  );

  it("that have ended with an empty 200 are read without an error, and without a record", async () => {
    rig = openRig();
    const stream = rig.stream("alerts", anHour(rig));
    expect((await poll(stream, rig.engine, signal)).error).toBeNull();
    expect(stream.state.loadPosition()).toMatchObject({ lastError: null, records: 0 });
    expect(stream.plugin.notice, "said when the stream begins").toMatch(/stops returning data on 2026-10-15/);
  });

  it("that are more than $skip can reach are read in windows that fit", async () => {
    rig = openRig({ unevenPages: false });
    for (let id = 0; id < 1500; id++) putAlert(rig, id);
    const stream = rig.stream("alerts", anHour(rig));
    const paged = { ...stream, plugin: { ...stream.plugin, page: { size: 100 } } };
    expect((await poll(paged, rig.engine, signal)).error).toBeNull();
    const ids = rig.lines.map((line) => JSON.parse(line).id as string);
    expect(new Set(ids).size).toBe(1500);
    expect(ids.length).toBe(1500);
    expect(stream.state.gaps().list()).toEqual([]);
  });
});

describe("a stream that Graph refuses", () => {
  it("is asked again more and more rarely, but at least each hour, and goes on where it was", async () => {
    expect([0, 1, 2, 3, 6, 50].map((refusals) => pauseMs(300_000, refusals) / 60_000)).toEqual([
      5,
      5,
      10,
      20,
      60,
      60,
    ]);
    rig = openRig();
    putAlert(rig, 1);
    const fault = rig.emulator.faults.add({
      match: { collection: "alerts", times: "always" },
      do: { kind: "status", status: 403, code: "Authorization_RequestDenied" },
    });
    const stream = rig.stream("alerts", anHour(rig));
    const { error } = await poll(stream, rig.engine, signal);
    expect(error).toMatchObject({ code: "graph-forbidden" });
    expect(error!.message).toContain("SecurityEvents.Read.All");
    fault.remove();
    expect(await poll(stream, rig.engine, signal)).toMatchObject({ error: null, sent: 1 });
  });
});
