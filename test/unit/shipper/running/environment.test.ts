import { expect, it } from "vitest";
import { shipperEnvironment } from "../../../../src/shipper/running/environment.ts";

it("a shipper gets what programs need, and neither ours nor a secret that a configuration takes from there", () => {
  const needed = {
    PATH: "/bin",
    HOME: "/root",
    TZ: "UTC",
    HTTPS_PROXY: "http://proxy:3128",
    OPENSSL_CONF: "/etc/openssl.cnf",
    SSL_CERT_FILE: "/etc/ca.pem",
    VECTOR_LOG: "debug",
  };
  const ours = {
    GRAPHTAP_TOKEN: "0123456789abcdef",
    GRAPH_SECRET: "s",
    CREDENTIALS_DIRECTORY: "/run/credentials",
  };
  // With these it would tell systemd of itself in our name.
  const ofTheUnit = { NOTIFY_SOCKET: "/run/systemd/notify", WATCHDOG_USEC: "30000000" };
  expect(shipperEnvironment({ ...needed, ...ours, ...ofTheUnit, LANG: undefined })).toEqual(needed);
});
