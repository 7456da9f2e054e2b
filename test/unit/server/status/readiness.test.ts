import { describe, expect, it } from "vitest";
import { GraphtapError } from "../../../../src/errors.ts";
import { openHouse, produce, settle } from "../house.ts";

const deny = (collection: "signIns" | "alerts_v2") => ({
  match: { collection, times: "always" as const },
  do: { kind: "status" as const, status: 403, code: "Authorization_RequestDenied" },
});

type House = ReturnType<typeof openHouse>;
interface Body {
  missing?: { service: string; code: string }[];
  degraded?: { input: string; service: string; code: string }[];
  gaps?: unknown[];
}

/** The strict form: the status, and what is missing. */
async function readiness(house: House) {
  const response = await house.fetch("/readyz?all=1");
  const { missing = [] } = await response.json() as Body;
  return [response.status, ...missing.map(({ service, code }) => `${service}: ${code}`)];
}

describe("/readyz", () => {
  it("is about the process: an input that fails is degraded, and the others are served", async () => {
    const house = openHouse({ polls: true, inputs: ["contoso", "fabrikam"] });
    house.emulator.faults.add({
      match: { collection: "token", path: "fabrikam.example", times: "always" },
      do: { kind: "tokenError", aadsts: 7000215 },
    });
    await house.pollAll();
    const response = await house.fetch("/readyz");
    const { missing, degraded, gaps } = await response.json() as Body;
    expect([response.status, missing, gaps]).toEqual([200, [], []]);
    expect(degraded!.map(({ input, service, code }) => `${input}/${service}: ${code}`)).toEqual([
      "fabrikam/null: token-unavailable",
      "fabrikam/signIns: token-refused",
      "fabrikam/alerts_v2: token-refused",
    ]);
  });

  it("is not ready when the sink takes nothing, nor when the process ends", async () => {
    const house = openHouse({ polls: true });
    produce(house, "signIns", 3);
    let take = () => {};
    const sink = { ...house.engine.sink, write: () => new Promise<void>((resolve) => take = resolve) };
    const [stream] = house.server.streams;
    const polled = house.server.poll(stream!, { ...house.engine, sink }, house.stop.signal);
    await settle();
    house.clock.advance(61_000);
    const stalled = await house.fetch("/readyz");
    expect([stalled.status, await stalled.json()]).toMatchObject([503, {
      missing: [{ code: "sink-stalled" }],
    }]);
    take();
    await polled;
    expect((await house.fetch("/readyz")).status).toBe(200);
    house.stop.abort(new GraphtapError("stopped", "stopped by SIGTERM"));
    expect((await house.fetch("/readyz")).status).toBe(503);
  });

  it("tells gaps with their seconds, and is ready", async () => {
    const house = openHouse();
    const at = (seconds: number) => ({ seconds, nanos: 0 });
    house.server.streams[0]!.state.gaps().save([
      { from: at(0), to: at(30), reason: "graph-timeout", sinceMs: 0, attempts: 0, nextTryMs: 0 },
    ]);
    const response = await house.fetch("/readyz");
    expect([response.status, await response.json()]).toMatchObject([200, {
      ready: true,
      gaps: [{ input: "contoso", service: "signIns", gaps: 1, gap_seconds: 30 }],
    }]);
  });

  it("tells no names to who has no token", async () => {
    const house = openHouse({ polls: true, guard: { loopback: true, token: "a-token-of-length-24-abc" } });
    expect(await (await house.fetch("/readyz")).json()).toEqual({ ready: true });
    expect(await (await house.fetch("/readyz?all=1")).json()).toEqual({ ready: false });
    expect(await (await house.fetch("/healthz")).text()).toBe("ok\n");
  });
});

describe("/readyz?all=1", () => {
  it("waits for the first answer from Graph when the server polls by itself", async () => {
    const house = openHouse({ polls: true });
    expect(await readiness(house)).toEqual([503, "null: token-unavailable"]);
    await house.poll();
    expect(await readiness(house)).toEqual([200]);
  });

  it("is ready to be pulled from the start", async () => {
    expect(await readiness(openHouse())).toEqual([200]);
  });

  it("names a stream that fails, at once if it never worked", async () => {
    const house = openHouse();
    house.emulator.faults.add(deny("alerts_v2"));
    await house.fetch("/v1/pull").then((response) => response.text());
    expect(await readiness(house)).toEqual([503, "alerts_v2: graph-forbidden"]);
  });

  it("gives a stream that worked two periods to do so again", async () => {
    const house = openHouse();
    const pull = () => house.fetch("/v1/pull").then((response) => response.text());
    await pull();
    const fault = house.emulator.faults.add(deny("signIns"));
    await pull();
    expect(await readiness(house)).toEqual([200]);
    house.clock.advance(601_000);
    expect(await readiness(house)).toEqual([503, "signIns: graph-forbidden"]);
    fault.remove();
    await pull();
    expect(await readiness(house)).toEqual([200]);
  });
});
