/** One TLS handshake as a shipper does it, with the client certificate of an output; nothing is sent after it. */
import { isIP } from "node:net";
import { connect, type SecureVersion, type TLSSocket } from "node:tls";
import type { Clock } from "../clock.ts";
import { readWholeFile } from "../files/wholeFile.ts";
import type { TlsFiles } from "./settings.ts";

/** How a handshake went on. */
export type Handshake =
  /** It was completed, and the connection was open still when {@linkcode VERDICT_MS} had passed. */
  | { readonly kind: "open"; readonly protocol: SecureVersion }
  /** It was completed, and then the peer closed the connection; `code` is its alert's, `null` without one. */
  | { readonly kind: "closed"; readonly protocol: SecureVersion; readonly code: string | null }
  /** It was not completed; `isReached` tells whether there was a connection at all. */
  | { readonly kind: "failed"; readonly isReached: boolean; readonly code: string };

/**
 * Under TLS 1.3 the peer judges a client certificate when the client's handshake is over: so long, in milliseconds, its
 * verdict is waited for.
 */
export const VERDICT_MS = 2000;
/** Milliseconds for a connection and its handshake. */
const HANDSHAKE_MS = 10_000;

/**
 * Connects, shakes hands, and looks whether the peer stays.
 *
 * @param highest version that is offered; 1.2 is always
 * @throws the reason of `signal`; what the files or OpenSSL say of a certificate that cannot be used
 */
export async function shakeHands(
  { address, port, tls }: { readonly address: string; readonly port: number; readonly tls: TlsFiles },
  highest: "TLSv1.2" | "TLSv1.3",
  clock: Clock,
  signal?: AbortSignal,
): Promise<Handshake> {
  const socket = connect({
    host: address,
    port,
    // An address is no server name.
    ...(isIP(address) === 0 ? { servername: address } : {}),
    ca: readWholeFile(tls.chain),
    cert: readWholeFile(tls.cert),
    key: readWholeFile(tls.key),
    minVersion: "TLSv1.2",
    maxVersion: highest,
  });
  const over = new AbortController();
  const forget = () => over.abort(signal?.reason);
  signal?.addEventListener("abort", forget, { once: true });
  try {
    const end = watch(socket);
    const early = await Promise.race([
      end.failed,
      end.secured,
      clock.sleep(HANDSHAKE_MS, over.signal).then(() => failed(end.isReached(), "ETIMEDOUT")),
    ]);
    if (early !== null) return early;
    const protocol = socket.getProtocol() as SecureVersion;
    return await Promise.race([
      end.closed.then((code): Handshake => ({ kind: "closed", protocol, code })),
      clock.sleep(VERDICT_MS, over.signal).then((): Handshake => ({ kind: "open", protocol })),
    ]);
  } finally {
    signal?.removeEventListener("abort", forget);
    over.abort();
    socket.destroy();
  }
}

const failed = (isReached: boolean, code: string): Handshake => ({ kind: "failed", isReached, code });

/** What happens to a connection, as promises: of the first two one comes, `closed` after `secured` only. */
function watch(socket: TLSSocket) {
  let isReached = false;
  let code: string | null = null;
  socket.once("connect", () => void (isReached = true));
  // Session tickets come as data of a kind: without a reader the end would not be seen.
  socket.resume();
  socket.on("error", (error: Error & { code?: string }) => void (code ??= error.code ?? error.name));
  const secured = new Promise<null>((resolve) => socket.once("secureConnect", () => resolve(null)));
  const closed = new Promise<string | null>((resolve) => socket.once("close", () => resolve(code)));
  return {
    isReached: () => isReached,
    secured,
    closed,
    failed: closed.then((why): Handshake => failed(isReached, why ?? "ECONNRESET")),
  };
}
