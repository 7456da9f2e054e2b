import { GraphtapError } from "../errors.ts";

export const DEFAULT_LISTEN = "127.0.0.1:9464";

/** Where to listen. */
export interface ListenAddress {
  /** Without brackets. */
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  /** Whether only this machine can reach it. */
  readonly loopback: boolean;
}

/** Reads `HOST:PORT`, `[::1]:9464` for IPv6. @throws usage */
export function parseListenAddress(text: string): ListenAddress {
  const [, bracketed, plain, digits = ""] = /^(?:\[([0-9a-fA-F:.]+)\]|([^:\s/]+)):(\d{1,5})$/.exec(text) ??
    [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  if (host === undefined || port > 65_535) {
    throw new GraphtapError(
      "usage",
      `--listen is ${JSON.stringify(text)}, expected HOST:PORT, such as ${DEFAULT_LISTEN} or [::1]:9464`,
    );
  }
  return { host, port, loopback: isLoopback(host) };
}

function isLoopback(host: string): boolean {
  return host.toLowerCase() === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}
