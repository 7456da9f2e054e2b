/** The other end of the wire, for tests: Devo's ingestion balancer with all its documented and undocumented habits. */
import { Buffer } from "node:buffer";
import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type SecureVersion, type TLSSocket } from "node:tls";
import type { Authority } from "./certificates.ts";
import { createFrameSplitter } from "./devoReceiverFrames.ts";
import { type DevoLine, readDevoLine } from "./devoReceiverGrammar.ts";
import { type Listener, startListener } from "./listener.ts";

export interface ReceiverOptions {
  /** Asks for a client certificate of this authority; `null` for plain TCP, as Devo's in-house relay has it. */
  readonly authority: Authority | null;
  /** The only protocol version spoken. @default both TLS 1.2 and 1.3 */
  readonly version?: SecureVersion;
  /** A connection that is silent so long is closed; Devo's balancer takes 30,000. @default never */
  readonly idleMs?: number;
  /** @default any free one */
  readonly port?: number;
}

export interface DevoReceiver extends Pick<Listener, "port" | "crash" | "restart"> {
  /** What arrived, in order, whole lines only. */
  readonly lines: readonly DevoLine[];
  /** Frames that are not lines as documented, and why. */
  readonly problems: readonly string[];
  /** Connections that got through the handshake. */
  readonly connections: number;
  /** Handshakes that failed. */
  readonly refused: number;
  /** Lines that were cut by the end of their connection. */
  readonly cut: number;
  /** From now on, connections are dropped as soon as they are made. */
  refuse(): void;
  /** Nothing is read any more: the sender's buffers fill. */
  stall(): void;
  /** Reads and accepts again. */
  heal(): void;
  /** After so many more bytes the connection that brings them is reset, most likely in mid-line. */
  resetAfter(bytes: number): void;
  /** Closes every connection in good order, what came being read, and stops listening. */
  leave(): Promise<void>;
}

/** Starts a receiver on loopback; it ends with the running test. */
export async function startDevoReceiver(options: ReceiverOptions): Promise<DevoReceiver> {
  const lines: DevoLine[] = [];
  const problems: string[] = [];
  const open = new Map<Socket, Socket>();
  const count = { connections: 0, refused: 0, cut: 0 };
  let mode: "read" | "refuse" | "stall" = "read";
  let budget = Infinity;

  /** @param wire the TCP connection below `socket`, which is the same one without TLS */
  function attend(socket: Socket, wire: Socket): void {
    count.connections++;
    open.set(socket, wire);
    const splitter = createFrameSplitter();
    socket.on("data", (bytes: Buffer) => {
      budget -= bytes.length;
      if (budget <= 0) {
        // Of the piece that exhausts the budget, only its first part counts as read.
        keep(splitter.push(Buffer.from(bytes.subarray(0, Math.max(0, bytes.length + budget)))));
        budget = Infinity;
        return reset(socket);
      }
      keep(splitter.push(Buffer.from(bytes)));
    });
    socket.on("end", () => socket.end());
    socket.on("error", () => {});
    socket.on("close", () => {
      if (splitter.pending > 0) count.cut++;
      open.delete(socket);
    });
    if (options.idleMs !== undefined) socket.setTimeout(options.idleMs, () => socket.destroySoon());
    if (mode === "stall") socket.pause();
  }

  function keep(frames: readonly Buffer[]): void {
    for (const frame of frames) {
      const line = readDevoLine(frame);
      if (typeof line === "string") problems.push(line);
      else lines.push(line);
    }
  }

  function reset(socket: Socket): void {
    open.get(socket)?.resetAndDestroy();
    socket.destroy();
  }

  function create(): Server {
    const server = options.authority === null
      ? createServer()
      : secureServer(options.authority, options.version);
    server.on("connection", (wire: Socket) => {
      if (mode === "refuse") wire.resetAndDestroy();
      else if (options.authority === null) attend(wire, wire);
    });
    const wireOf = ({ remotePort }: Socket) =>
      [...listener.wires].find((wire) => wire.remotePort === remotePort);
    server.on("secureConnection", (socket: TLSSocket) => attend(socket, wireOf(socket) ?? socket));
    server.on("tlsClientError", () => void count.refused++);
    return server;
  }
  const listener: Listener = await startListener(create, options.port);

  function crash(): Promise<void> {
    const closed = listener.crash();
    for (const socket of open.keys()) socket.destroy();
    return closed;
  }

  function leave(): Promise<void> {
    const closed = listener.leave();
    for (const socket of open.keys()) socket.end();
    return closed;
  }

  return {
    get port() {
      return listener.port;
    },
    lines,
    problems,
    get connections() {
      return count.connections;
    },
    get refused() {
      return count.refused;
    },
    get cut() {
      return count.cut;
    },
    refuse() {
      mode = "refuse";
      for (const socket of [...open.keys()]) reset(socket);
    },
    stall() {
      mode = "stall";
      for (const socket of open.keys()) socket.pause();
    },
    heal() {
      mode = "read";
      for (const socket of open.keys()) socket.resume();
    },
    resetAfter: (bytes) => void (budget = bytes),
    leave,
    crash,
    restart: listener.restart,
  };
}

function secureServer(authority: Authority, version: SecureVersion | undefined): Server {
  const { cert, key } = authority.issue("collector.test");
  return createTlsServer({
    cert,
    key,
    ca: authority.chain,
    requestCert: true,
    rejectUnauthorized: true,
    minVersion: version ?? "TLSv1.2",
    maxVersion: version ?? "TLSv1.3",
  });
}
