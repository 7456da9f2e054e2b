import type { Agent, Dispatcher } from "undici";

const CONNECT_TIMEOUT_MS = 15_000;

/** Proxy settings, as the environment variables of the same names hold them. */
export interface ProxySettings {
  readonly httpProxy?: string;
  readonly httpsProxy?: string;
  readonly noProxy?: string;
}

/** Connections that are kept and used again. */
export interface Connections {
  send(request: Dispatcher.RequestOptions): Promise<Dispatcher.ResponseData>;
  /** Ends every request in flight. */
  destroy(): Promise<void>;
}

/**
 * Loads undici by its parts: the whole of it, with its own fetch, caches and sockets, takes twice as long. Call it for
 * the first request: a process often has none to make.
 */
export async function openConnections(
  settings: Omit<Agent.Options, "connect">,
  proxy: ProxySettings,
): Promise<Connections> {
  const { default: request } = await import("undici/lib/api/api-request.js");
  const dispatcher = await openDispatcher({ ...settings, connect: { timeout: CONNECT_TIMEOUT_MS } }, proxy);
  return {
    send: (options) => request.call(dispatcher, options),
    destroy: () => dispatcher.destroy(),
  };
}

async function openDispatcher(
  settings: Agent.Options,
  { httpProxy, httpsProxy, noProxy }: ProxySettings,
): Promise<Dispatcher> {
  if (httpProxy || httpsProxy) {
    const { default: EnvHttpProxyAgent } = await import("undici/lib/dispatcher/env-http-proxy-agent.js");
    return new EnvHttpProxyAgent({ ...settings, httpProxy, httpsProxy, noProxy });
  }
  const { default: Agent } = await import("undici/lib/dispatcher/agent.js");
  return new Agent(settings);
}
