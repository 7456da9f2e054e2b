import type { Server } from "node:http";
import type { HttpBindings } from "@hono/node-server";
import { GraphtapError } from "../errors.ts";

/** A listening emulator. */
export interface ServedEmulator {
  /** Origin without a slash at its end, such as `http://127.0.0.1:43121`. */
  readonly url: string;
  /** Stops listening and drops open connections at once. */
  close(): Promise<void>;
}

/** What answers requests, such as an emulator. */
export interface Answering {
  /** Rejects with the error of a broken network, or for a bug. */
  fetch(request: Request): Promise<Response>;
}

/** Where to listen. */
export interface ServeOptions {
  /** 0 takes any free port. @default 0 */
  readonly port?: number;
  /** The address to listen on. @default "127.0.0.1" */
  readonly hostname?: string;
}

/**
 * Puts an emulator on a port.
 *
 * @throws GraphtapError `usage` when it cannot listen there
 */
export async function serveEmulator(
  emulator: Answering,
  options: ServeOptions = {},
): Promise<ServedEmulator> {
  const { port = 0, hostname = "127.0.0.1" } = options;
  // Loaded here: it puts classes of its own over those of Node's fetch, which takes loading all of that.
  const { serve } = await import("@hono/node-server");
  return new Promise((resolve, reject) => {
    const server = serve({
      port,
      hostname,
      // The adapter's own Request and Response are quicker, but they would replace the program's.
      overrideGlobalObjects: false,
      fetch: (request, { outgoing }) => answer(emulator, request, outgoing as HttpBindings["outgoing"]),
    }, (info) => {
      const host = info.family === "IPv6" ? `[${info.address}]` : info.address;
      resolve({ url: `http://${host}:${info.port}`, close: () => close(server as Server) });
    });
    server.once("error", (cause: NodeJS.ErrnoException) => {
      const message = `Cannot serve the emulator on ${hostname} port ${port}: ${cause.message}`;
      reject(
        new GraphtapError(cause.code === "EADDRINUSE" ? "address-unavailable" : "usage", message, { cause }),
      );
    });
  });
}

/** An answer whose failure breaks the connection; the adapter would put the error into the body and the log. */
async function answer(
  emulator: Answering,
  request: Request,
  outgoing: HttpBindings["outgoing"],
) {
  const hangUp = () => outgoing.socket?.destroySoon();
  let response: Response;
  try {
    response = await emulator.fetch(request);
  } catch (error) {
    if (!(error instanceof TypeError) || error.message !== "fetch failed") throw error;
    outgoing.destroy();
    return new Response(null);
  }
  if (response.body === null) return response;
  const headers = new Headers(response.headers);
  // Told so, the adapter sends the head at once, and each block as it comes.
  headers.set("transfer-encoding", "chunked");
  return new Response(breakable(response.body, hangUp), { status: response.status, headers });
}

/** The same body; where it fails, `hangUp` is called and no more comes. */
function breakable(body: ReadableStream<Uint8Array>, hangUp: () => void): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      } catch {
        hangUp();
        await new Promise(() => {});
      }
    },
    cancel: (reason) => reader.cancel(reason),
  }, { highWaterMark: 0 });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
