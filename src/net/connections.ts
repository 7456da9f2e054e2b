import type { Duplex } from "node:stream";
import type { Agent, buildConnector, Dispatcher } from "undici";
import { proxyFailure, proxyRefusal } from "./exchangeFailure.ts";
import { skippingInformational } from "./informational.ts";
import type { ChooseProxy, Proxy } from "./proxy.ts";

const CONNECT_TIMEOUT_MS = 15_000;

/** Connections that are kept and used again. */
export interface Connections {
  /** @param isStraight past every proxy @default false */
  send(request: Dispatcher.RequestOptions, isStraight?: boolean): Promise<Dispatcher.ResponseData>;
  /** Bytes of requests that the system has not taken yet, even of some that were answered early: they lie where they lay. */
  unsentBytes(): number;
  /** Ends every request in flight. */
  destroy(): Promise<void>;
}

/**
 * Loads undici by its parts: the whole of it, with its own fetch, caches and sockets, takes twice as long. Call it for
 * the first request: a process often has none to make.
 */
export async function openConnections(
  settings: Omit<Agent.Options, "connect">,
  chooseProxy: ChooseProxy,
): Promise<Connections> {
  const [{ default: request }, { default: Agent }, { default: connector }] = await Promise.all([
    import("undici/lib/api/api-request.js"),
    import("undici/lib/dispatcher/agent.js"),
    import("undici/lib/core/connect.js"),
  ]);
  const sockets = new Set<Duplex>();
  const straight = connector({ timeout: CONNECT_TIMEOUT_MS });
  const direct = new Agent({ ...settings, connect: kept(sockets, skippingInformational(straight)) });
  const tunnels = new Map<string, Promise<Dispatcher>>();

  async function openTunnels(proxy: Proxy): Promise<Dispatcher> {
    const { tunnelThrough } = await import("./tunnel.ts");
    const connect = skippingInformational(await tunnelThrough(proxy, CONNECT_TIMEOUT_MS));
    return new Agent({ ...settings, connect: kept(sockets, connect) });
  }
  function tunnelsOf(proxy: Proxy): Promise<Dispatcher> {
    const tunnel = tunnels.get(proxy.origin) ?? openTunnels(proxy);
    tunnels.set(proxy.origin, tunnel);
    return tunnel;
  }
  /** A target that does not speak TLS is asked for by its whole address; there is no need of a tunnel. */
  async function sendPlainly(target: URL, proxy: Proxy, options: Dispatcher.RequestOptions) {
    const headers = {
      ...options.headers as Record<string, string>,
      host: target.host,
      ...(proxy.authorization === null ? {} : { "proxy-authorization": proxy.authorization }),
    };
    let offers: string | string[] | undefined;
    try {
      const path = target.origin + options.path;
      const response = await request.call(direct, { ...options, origin: proxy.origin, path, headers });
      if (response.statusCode !== 407) return response;
      offers = response.headers["proxy-authenticate"];
      void response.body.dump();
    } catch (error) {
      throw options.signal instanceof AbortSignal && options.signal.aborted
        ? error
        : proxyFailure(proxy, error);
    }
    throw proxyRefusal(proxy, 407, target.host, offers);
  }

  return {
    async send(options, isStraight = false) {
      const target = new URL(options.origin ?? "");
      const proxy = isStraight ? null : chooseProxy(target);
      if (proxy === null) return request.call(direct, options);
      if (target.protocol === "http:") return sendPlainly(target, proxy, options);
      return request.call(await tunnelsOf(proxy), options);
    },
    unsentBytes: () => [...sockets].reduce((sum, socket) => sum + socket.writableLength, 0),
    async destroy() {
      await Promise.all([direct, ...await Promise.all(tunnels.values())].map((agent) => agent.destroy()));
    },
  };
}

/** Keeps the connections that `connect` opens in `sockets`, for as long as they are open. */
function kept(sockets: Set<Duplex>, connect: buildConnector.connector): buildConnector.connector {
  return (options, callback) =>
    connect(options, (...result) => {
      const [, socket] = result;
      if (socket !== null) {
        sockets.add(socket);
        socket.once("close", () => sockets.delete(socket));
      }
      callback(...result);
    });
}
