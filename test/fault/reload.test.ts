/** Configurations that are read one after the other while records come and requests fail: what leaves, and how often. */
import { setMaxListeners } from "node:events";
import { afterEach, expect, it } from "vitest";
import { plugins } from "../../plugins/index.ts";
import { parseConfig } from "../../src/config/load.ts";
import { createEmulator } from "../../src/emulator/emulator.ts";
import { GraphtapError } from "../../src/errors.ts";
import { addSeconds, formatInstant, fromMillis } from "../../src/instant.ts";
import { createRegistry } from "../../src/plugin/registry.ts";
import { createLog } from "../../src/telemetry/log.ts";
import { startPolling } from "../../src/tap/scheduler.ts";
import type { StreamWork } from "../../src/wiring/streams.ts";
import { buildTap } from "../../src/wiring/tap.ts";
import { EXACT, tally } from "../support/eventLines.ts";
import { manualClock } from "../support/manualClock.ts";
import { tempFolder } from "../support/tempFolder.ts";
import { fetchFrom, openOwnState, TENANT } from "../support/tenant.ts";

const SERVICES = { signIns: "signIns", directory_audits: "directoryAudits" } as const;
type Service = keyof typeof SERVICES;
const TENANTS = ["contoso.example", "fabrikam.example", "adatum.example"];
const STEPS = 25;

let close = () => {};
afterEach(() => close());

/** Numbers in [0, 1) by a seed: mulberry32. */
function randomBy(seed: number): () => number {
  let state = seed;
  return () => {
    state = state + 0x6d2b79f5 | 0;
    let mixed = Math.imul(state ^ state >>> 15, 1 | state);
    mixed = mixed + Math.imul(mixed ^ mixed >>> 7, 61 | mixed) ^ mixed;
    return ((mixed ^ mixed >>> 14) >>> 0) / 2 ** 32;
  };
}

function openPlay(random: () => number) {
  const clock = manualClock();
  const start = fromMillis(clock.now() - 3_600_000);
  const tenants = TENANTS.map((tenantId) => ({ ...TENANT, tenantId }));
  const emulator = createEmulator({ plugins, clock, quotas: "off", tenants });
  const state = openOwnState(tempFolder(), clock.now, () => {});
  close = () => state.close();
  const ids: string[] = [];
  const registry = createRegistry(plugins);
  /** The configuration of some streams, each with a period of its own. */
  const configured = (streams: readonly [tenant: string, service: Service, period: number][]) => {
    const inputs = Object.fromEntries(TENANTS.flatMap((tenant, index) => {
      const own = streams.filter(([of]) => of === tenant);
      const services = Object.fromEntries(own.map(([, service, request_period_in_seconds]) => [service, {
        request_period_in_seconds,
        start_time_in_utc: formatInstant(start),
      }]));
      const credentials = {
        tenant_id: tenant,
        client_id: TENANT.clientId,
        client_secret: TENANT.clientSecret,
      };
      return own.length === 0 ? [] : [[tenant.slice(0, -8), { id: String(index), credentials, services }]];
    }));
    const now = fromMillis(clock.now());
    const text = JSON.stringify({ inputs });
    const { config } = parseConfig(text, { file: "c", registry, now, env: {}, readFile: () => "" });
    return config === null ? null : { config, registry };
  };
  const { set, engine } = buildTap({
    ...configured([["contoso.example", "signIns", 60]])!,
    state,
    clock,
    log: createLog({ write: () => {}, format: "text", level: "error", now: clock.now }),
    async transport(request) {
      await clock.sleep(Math.floor(random() * 3000), request.signal);
      return await fetchFrom(emulator, request);
    },
    random: () => 0.5,
    sink: {
      async write(bytes) {
        const lines = new TextDecoder().decode(bytes).split("\n").slice(0, -1);
        await clock.sleep(Math.floor(random() * 500));
        ids.push(...lines.map((line) => (JSON.parse(line) as { id: string }).id));
      },
      close: () => Promise.resolve(),
    },
    format: "json",
    hostname: "host",
  });
  return { clock, emulator, engine, set, ids, configured };
}

it.each([1, 2, 3, 4])(
  "nothing is lost and nothing leaves twice, whatever is read again (seed %i)",
  async (seed) => {
    const random = randomBy(seed);
    const among = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)]!;
    const { clock, emulator, engine, set, ids, configured } = openPlay(random);
    const stop = new AbortController();
    setMaxListeners(0, stop.signal);
    const polling = startPolling(engine, stop);
    const work: StreamWork = { leave: polling.remove, goOn: polling.add, settled: () => Promise.resolve() };
    work.goOn(set.list());
    polling.ended.catch(() => {});
    const all = TENANTS.flatMap((tenant) =>
      (Object.keys(SERVICES) as Service[]).map((service) => [tenant, service] as const)
    );
    const read = async (streams: readonly (readonly [string, Service])[], period: () => number) => {
      const next = configured(streams.map(([tenant, service]) => [tenant, service, period()]));
      // Without an input it is none, and changes nothing.
      if (next !== null) await set.change(next, work, stop.signal, () => {});
    };
    for (let step = 0; step < STEPS; step++) {
      const [tenantId, service] = among(all);
      const to = fromMillis(clock.now());
      emulator.produce(SERVICES[service], 1 + Math.floor(random() * 40), {
        from: addSeconds(to, -200),
        to,
        tenantId,
      });
      if (random() < 0.3) {
        const kind = among(["reset", "truncate"] as const);
        emulator.faults.add({ match: { path: "/v1.0" }, do: { kind, afterBytes: 300 } });
      }
      if (random() < 0.7) await read(all.filter(() => random() < 0.5), () => among([60, 300]));
      await clock.sleep(among([0, 700, 5000, 120_000, 400_000]));
    }
    await read(all, () => 300);
    // Longer than the re-read that finds what came in late while its stream was gone.
    await clock.sleep(2.5 * 3_600_000);
    stop.abort(new GraphtapError("stopped", "the play is over"));
    await expect(polling.ended).rejects.toThrow("the play is over");
    const held = all.flatMap(([tenantId, service]) =>
      emulator.records(SERVICES[service], tenantId).map((bytes) =>
        (JSON.parse(new TextDecoder().decode(bytes)) as { id: string }).id
      )
    );
    expect(held.length).toBeGreaterThan(200);
    expect(tally(held, ids)).toEqual(EXACT);
  },
);
