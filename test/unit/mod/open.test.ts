import { describe, expect, it } from "vitest";
import { GraphtapError } from "../../../src/errors.ts";
import { createEmulator, defaultTenant } from "../../../src/mod/emulator.ts";
import type { SinkTapOptions, StreamReport, TapOptions } from "../../../src/mod/options.ts";
import { openTap } from "../../../src/mod.ts";
import type { LogEntry } from "../../../src/telemetry/logEntry.ts";
import { tempFolder } from "../../support/tempFolder.ts";

const { tenantId, clientId, clientSecret } = defaultTenant;

/** A Graph with three scores and four controls, and what a tap of it is opened with. */
function site(more: Partial<SinkTapOptions> = {}) {
  const graph = createEmulator({ quotas: "off", unevenPages: false });
  graph.produce("secure_scores", 3);
  graph.produce("secure_score_control_profiles", 4);
  const credentials = { tenant_id: tenantId, client_id: clientId, client_secret: { env: "SECRET" } };
  const services = { secure_scores: {}, secure_score_control_profiles: {} };
  const value = { inputs: { contoso: { id: "1", enabled: true, credentials, services } } };
  const env = { SECRET: clientSecret };
  const options: TapOptions = { config: { value }, env, stateDir: tempFolder(), fetch: graph.fetch, ...more };
  return { graph, options };
}

async function idsOf(events: AsyncIterable<{ id: string | null }>): Promise<(string | null)[]> {
  const ids: (string | null)[] = [];
  for await (const { id } of events) ids.push(id);
  return ids;
}

describe("a tap that is read by a loop", () => {
  it("gives each record once, over taps that follow each other on one folder", async () => {
    const { options } = site();
    const tap = await openTap(options);
    expect(tap.streams.map(({ input, service }) => `${input}/${service}`).sort()).toEqual([
      "contoso/secure_score_control_profiles",
      "contoso/secure_scores",
    ]);
    expect(new Set(await idsOf(tap.pull())).size).toBe(7);
    await tap.close();
    const next = await openTap(options);
    expect(await idsOf(next.pull())).toEqual([]);
    await next.close();
  });

  it.each([1, 2, 3, 4, 5, 6])(
    "loses nothing to who breaks off at event %i: it alone comes again",
    async (last) => {
      const { options } = site();
      const tap = await openTap(options);
      const before: string[] = [];
      for await (const { id } of tap.pull()) {
        before.push(id!);
        if (before.length === last) break;
      }
      await tap.close();
      const next = await openTap(options);
      const after = await idsOf(next.pull());
      await next.close();
      expect(after.length).toBe(7 - last + 1);
      expect(new Set([...before, ...after]).size).toBe(7);
    },
  );

  it("does not give again what was accepted before the break", async () => {
    const { options } = site();
    const tap = await openTap(options);
    for await (const event of tap.pull()) {
      event.accept();
      break;
    }
    expect((await idsOf(tap.pull())).length).toBe(6);
    await tap.close();
  });

  it("chooses streams, and says which there are where a name has none", async () => {
    const { options } = site();
    const tap = await openTap(options);
    expect((await idsOf(tap.pull({ services: ["secure_scores"] }))).length).toBe(3);
    await expect(idsOf(tap.pull({ services: ["signIns"] }))).rejects.toMatchObject({ code: "usage" });
    await tap.close();
  });

  it("tells a stream that failed in the end, when all others have been read", async () => {
    const { graph, options } = site();
    graph.faults.add({
      match: { collection: "secure_scores", times: "always" },
      do: { kind: "status", status: 403, code: "Authorization_RequestDenied" },
    });
    const tap = await openTap(options);
    const ids: string[] = [];
    const failed = await (async () => {
      for await (const { id } of tap.pull()) ids.push(id!);
    })().catch((error: unknown) => error);
    expect([ids.length, (failed as GraphtapError).code]).toEqual([4, "graph-forbidden"]);
    await tap.close();
  });

  it("ends a run when it is closed, and when its signal is aborted", async () => {
    for (const way of ["close", "signal"]) {
      const stop = new AbortController();
      const { options } = site();
      const tap = await openTap({ ...options, signal: stop.signal });
      let count = 0;
      for await (const _ of tap.run()) {
        count++;
        if (count === 7) void (way === "close" ? tap.close() : stop.abort());
      }
      expect(count).toBe(7);
      await tap.close();
      await expect(idsOf(tap.pull())).rejects.toMatchObject({ code: "stopped" });
    }
  });

  it("does one thing at a time", async () => {
    const { options } = site();
    const tap = await openTap(options);
    const run = tap.run();
    await run.next();
    await expect(idsOf(tap.pull())).rejects.toMatchObject({ code: "usage" });
    await run.return();
    await tap.close();
  });
});

describe("a tap with a sink", () => {
  it("reports each stream, and tells the log and onPoll, and no secret to any of them", async () => {
    const told: StreamReport[] = [];
    const log: LogEntry[] = [];
    const lines: string[] = [];
    const { options } = site();
    const tap = await openTap({
      ...options,
      format: "record",
      log: (entry) => log.push(entry),
      logLevel: "debug",
      onPoll: (report) => told.push(report),
      sink: { write: (bytes) => void lines.push(...new TextDecoder().decode(bytes).trimEnd().split("\n")) },
    });
    const reports = await tap.pull();
    await tap.close();
    expect(reports.map(({ service, sent, error }) => [service, sent, error]).sort()).toEqual([
      ["secure_score_control_profiles", 4, null],
      ["secure_scores", 3, null],
    ]);
    expect(told).toHaveLength(2);
    expect(lines.every((line) => line.startsWith('{"id":'))).toBe(true);
    expect(log.map(({ message }) => message)).toContain("started");
    expect(JSON.stringify([log, told])).not.toContain(clientSecret);
  });

  it("closes it once, and lets another tap have the folder then", async () => {
    let closed = 0;
    const { options } = site();
    const sink = { write() {}, close: () => void closed++ };
    const tap = await openTap({ ...options, sink });
    await expect(openTap(options)).rejects.toMatchObject({ code: "state-in-use" });
    await Promise.all([tap.close(), tap.close()]);
    await (await openTap(options)).close();
    expect(closed).toBe(1);
  });
});

describe("a configuration", () => {
  it("that will not do is refused with every problem", async () => {
    const { options } = site();
    const config = { text: "inputs:\n  contoso: {id: 1, enabled: maybe, services: {nothing: {}}}\n" };
    const error = await openTap({ ...options, config }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(GraphtapError);
    expect(error).toMatchObject({ code: "config-invalid", kind: { exitCode: 2 } });
  });
});
