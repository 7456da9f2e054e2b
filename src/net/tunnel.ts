/** Ways through a proxy: a CONNECT for each connection, and TLS to the target inside of it (RFC 9110, section 9.3.6). */
import type { buildConnector, Dispatcher } from "undici";
import { failureBehind, proxyFailure, proxyRefusal } from "./exchangeFailure.ts";
import type { Proxy } from "./proxy.ts";

/** What opens connections for an agent of undici: through `proxy`, to targets that speak TLS. */
export async function tunnelThrough(
  proxy: Proxy,
  timeoutMs: number,
): Promise<buildConnector.connector> {
  const [{ default: Client }, { default: connect }, { default: connector }] = await Promise.all([
    import("undici/lib/dispatcher/client.js"),
    import("undici/lib/api/api-connect.js"),
    import("undici/lib/core/connect.js"),
  ]);
  const secure = connector({ timeout: timeoutMs });
  // undici would look for the target's name in the certificate of a proxy that speaks TLS, since that is the host asked for.
  const toProxy: buildConnector.connector = (options, callback) =>
    secure({ ...options, servername: undefined }, callback);

  async function open(target: string): Promise<Dispatcher.ConnectData["socket"]> {
    const client = new Client(proxy.origin, { connect: toProxy, headersTimeout: timeoutMs });
    const headers = {
      host: target,
      ...(proxy.authorization === null ? {} : { "proxy-authorization": proxy.authorization }),
    };
    let answer: Dispatcher.ConnectData;
    try {
      answer = await connect.call(client, { origin: proxy.origin, path: target, headers });
    } catch (cause) {
      void client.destroy();
      throw proxyFailure(proxy, cause);
    }
    if (answer.statusCode >= 200 && answer.statusCode < 300) return answer.socket;
    answer.socket.on("error", () => {}).destroy();
    throw proxyRefusal(proxy, answer.statusCode, target, answer.headers["proxy-authenticate"]);
  }

  return (options, callback) => {
    // `host` has the port where it is not the usual one.
    const target = options.port
      ? options.host ?? options.hostname
      : `${options.host ?? options.hostname}:443`;
    open(target).then(
      (httpSocket) =>
        secure(
          { ...options, httpSocket } as buildConnector.Options,
          (...[error, socket]: Parameters<buildConnector.Callback>) => {
            if (error === null) callback(null, socket);
            else callback(failureBehind(proxy, error), null);
          },
        ),
      (error) => callback(error, null),
    );
  };
}
