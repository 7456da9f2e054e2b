import { describe, expect, it } from "vitest";
import { openHouse } from "../house.ts";

const deny = (collection: "signIns" | "alerts_v2") => ({
  match: { collection, times: "always" as const },
  do: { kind: "status" as const, status: 403, code: "Authorization_RequestDenied" },
});

async function readiness(house: ReturnType<typeof openHouse>) {
  const response = await house.fetch("/readyz");
  const { missing = [] } = await response.json() as { missing?: { service: string; code: string }[] };
  return [response.status, ...missing.map(({ service, code }) => `${service}: ${code}`)];
}

describe("/readyz", () => {
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

  it("tells no names to who has no token", async () => {
    const house = openHouse({ polls: true, guard: { loopback: true, token: "a-token-of-length-24-abc" } });
    expect(await (await house.fetch("/readyz")).json()).toEqual({ ready: false });
    expect(await (await house.fetch("/healthz")).text()).toBe("ok\n");
  });
});
