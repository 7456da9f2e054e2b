/** A server on loopback that a test can crash, and have listen again on the same port. */
import type { AddressInfo, Server, Socket } from "node:net";
import { onTestFinished } from "vitest";

export interface Listener {
  readonly port: number;
  /** Connections that are open; of a TLS server, what carries them. */
  readonly wires: ReadonlySet<Socket>;
  /** Takes no connection any more; resolves when those that are open have ended. */
  leave(): Promise<void>;
  /** Drops everything, unread bytes included, and stops listening, as a killed process does. */
  crash(): Promise<void>;
  /** Listens again, on the same port. */
  restart(): Promise<void>;
}

/**
 * Starts one; it ends with the running test.
 *
 * @param create makes the server anew for each start
 * @param port @default any free one
 */
export async function startListener(create: () => Server, port = 0): Promise<Listener> {
  const wires = new Set<Socket>();
  let server: Server;

  function restart(): Promise<void> {
    server = create();
    server.on("connection", (wire: Socket) => {
      wires.add(wire);
      wire.on("error", () => {});
      wire.on("close", () => wires.delete(wire));
    });
    return new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, "127.0.0.1", () => {
        port = (server.address() as AddressInfo).port;
        resolve();
      });
    });
  }

  const leave = () => new Promise<void>((resolve) => server.close(() => resolve()));

  function crash(): Promise<void> {
    const closed = leave();
    for (const wire of wires) wire.resetAndDestroy();
    return closed;
  }

  await restart();
  onTestFinished(() => crash());
  return {
    get port() {
      return port;
    },
    wires,
    leave,
    crash,
    restart,
  };
}
