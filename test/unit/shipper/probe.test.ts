import { describe, expect, it } from "vitest";
import { judge } from "../../../src/shipper/probe.ts";

describe("what two handshakes mean together", () => {
  const open = { kind: "open", protocol: "TLSv1.3" } as const;
  const closed = { kind: "closed", protocol: "TLSv1.3", code: null } as const;
  const failed = (code: string) => ({ kind: "failed", isReached: true, code }) as const;

  it.each([
    ["a certificate that only TLS 1.3 refuses", judge({ ...open, protocol: "TLSv1.2" }, closed), null],
    ["an alert in 1.2", judge(failed("ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED"), closed), "output-refused"],
    [
      "no 1.2, refused in 1.3",
      judge(failed("ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION"), closed),
      "output-refused",
    ],
    ["hanging up at both", judge(failed("ECONNRESET"), failed("ECONNRESET")), "output-unreachable"],
    ["a weak certificate", judge(failed("ERR_SSL_EE_KEY_TOO_SMALL"), failed("x")), "output-unreachable"],
  ])("%s", (_, trial, code) => {
    expect(trial.code).toBe(code);
  });
});
