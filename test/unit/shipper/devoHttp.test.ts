import { describe, expect, it } from "vitest";
import type { OutputConfig } from "../../../src/config/config.ts";
import { devoHttpOf } from "../../../src/shipper/devoHttp.ts";

const output = (address: string | null, name = "devo"): OutputConfig => ({
  name,
  type: "devo_platform",
  address,
  port: 443,
  chain: null,
  cert: null,
  key: null,
});

describe("Devo's HTTP endpoint", () => {
  it.each([
    ["collector-us.devo.io", "http-us.devo.io"],
    ["collector-us3.devo.io", "http-us3.devo.io"],
    ["collector-eu.devo.io", "http-eu.devo.io"],
    ["collector-ca.devo.io", "http-ca.devo.io"],
    ["collector-ap.devo.io", "collector-ap.devo.io:8443"],
    ["collector-ap2.devo.io", "collector-ap2.devo.io:8443"],
  ])("of the region of %s is %s", (address, endpoint) => {
    expect(devoHttpOf([output(address)], "/home/tap")).toEqual({
      endpoint,
      secret: "/home/tap/certs/devo-http.json",
    });
  });

  it.each([["relay.example"], ["http-us.devo.io"], ["constructor"], [null]])(
    "is not guessed for the address %j",
    (address) => {
      expect(() => devoHttpOf([output(address)], "/")).toThrow(/no HTTP endpoint is known for the address/);
    },
  );
});
