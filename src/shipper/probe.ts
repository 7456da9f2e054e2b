/** Whether an output takes its client certificate: tried against its address, as a shipper will find it. */
import { connect } from "node:net";
import type { Clock } from "../clock.ts";
import type { ErrorCode } from "../errors.ts";
import { exchangeFailure } from "../net/exchangeFailure.ts";
import { type Handshake, shakeHands, VERDICT_MS } from "./handshake.ts";
import type { Destination } from "./settings.ts";

/** What a trial came to. */
export interface Trial {
  /** What is wrong; `null` when nothing is. */
  readonly code: Extract<ErrorCode, "output-refused" | "output-unreachable"> | null;
  /** One line, without the output's name. */
  readonly detail: string;
}

/**
 * Tries a destination under TLS 1.2, to which the configurations keep, and under 1.3, at the same time.
 *
 * @throws the reason of `signal`
 */
export async function probe(
  destination: Destination,
  clock: Clock,
  signal?: AbortSignal,
): Promise<Trial> {
  signal?.throwIfAborted();
  const { tls } = destination;
  if (tls === null) return await knock(destination, signal);
  const under = (version: "TLSv1.2" | "TLSv1.3") =>
    shakeHands({ ...destination, tls }, version, clock, signal).catch((error: unknown): Handshake => {
      signal?.throwIfAborted();
      return { kind: "failed", isReached: false, code: exchangeFailure(error).code };
    });
  return judge(...await Promise.all([under("TLSv1.2"), under("TLSv1.3")]));
}

/** Plain TCP: that somebody listens is all there is to see. */
function knock({ address, port }: Destination, signal?: AbortSignal): Promise<Trial> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port, timeout: 10_000 });
    const end = (trial: Trial) => {
      socket.destroy();
      resolve(trial);
    };
    signal?.addEventListener("abort", () => {
      socket.destroy();
      reject(signal.reason);
    }, { once: true });
    socket.once("connect", () => end({ code: null, detail: "listens; plain TCP shows no more than that" }));
    socket.once("timeout", () => end(unreachable("ETIMEDOUT")));
    socket.once("error", (error) => end(unreachable(exchangeFailure(error).code)));
  });
}

const KEEP = "which the configurations keep to";
const LATE = `under TLS 1.3 it closes the connection within ${
  VERDICT_MS / 1000
} s after the handshake, when a shipper has written lines that are lost then`;

/** From what both versions came to, to what it means. */
export function judge(older: Handshake, newer: Handshake): Trial {
  if (older.kind === "open") {
    const both = newer.kind === "open" && newer.protocol === "TLSv1.3";
    const more = newer.kind === "closed" ? `; ${LATE}: keep to TLS 1.2` : "";
    return {
      code: null,
      detail: `accepts the client certificate under TLS 1.2${both ? " and 1.3" : `, ${KEEP}`}${more}`,
    };
  }
  if (older.kind === "closed") return refused(`closes the connection after the handshake`, older.code);
  if (isOfVersion(older.code)) {
    return newer.kind === "open"
      ? {
        code: "output-unreachable",
        detail: `does not speak TLS 1.2, ${KEEP}; it accepts the client certificate under TLS 1.3: ` +
          "allow that by graphtap shipper --tls 1.3",
      }
      : newer.kind === "closed"
      ? refused(LATE, newer.code)
      : unreachable(newer.code);
  }
  const late = newer.kind === "closed" ? `; ${LATE}: keep to TLS 1.2` : "";
  if (older.isReached && isAlert(older.code)) {
    return refused(`refuses the client certificate in the handshake of TLS 1.2`, older.code, late);
  }
  // A peer that hangs up in the handshake of 1.2 and only after that of 1.3 has seen the certificate in between.
  if (late !== "") {
    return refused("hangs up in the handshake of TLS 1.2 when it has seen the certificate", null, late);
  }
  return unreachable(older.code);
}

const isAlert = (code: string) => /_ALERT_/.test(code);
const isOfVersion = (code: string) => /PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL/.test(code);

function refused(what: string, code: string | null, more = ""): Trial {
  const alert = code === null ? "" : ` (${code})`;
  const advice = "; is the certificate of this Devo domain, not expired and not revoked?";
  return { code: "output-refused", detail: `${what}${alert}${more}${advice}` };
}

/** What OpenSSL says of a certificate of ours that its security level does not allow. */
const WEAK = /TOO_WEAK|TOO_SMALL/;
const OF_PEER = /CERT|SIGNED|VERIFY|ISSUER/;

function unreachable(code: string): Trial {
  const { why } = exchangeFailure(Object.assign(new Error(), { code }));
  const what = WEAK.test(code)
    ? "cannot be used: OpenSSL finds a certificate too weak; start the shipper with OPENSSL_CONF=FILE, in which " +
      "CipherString is DEFAULT@SECLEVEL=0"
    : `cannot be used: ${why ?? "no TLS handshake came about"}`;
  const advice = OF_PEER.test(code)
    ? "; is the chain file of this Devo cloud, and the address its name?"
    : "";
  return { code: "output-unreachable", detail: `${what} (${code})${advice}` };
}
