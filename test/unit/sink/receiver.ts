import { Buffer } from "node:buffer";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import { onTestFinished } from "vitest";

/** A request as it arrived, inflated. */
export interface Post {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/**
 * What the receiver does with a request: answers a status, closes the connection, or stays silent; or answers 200 with a
 * body that is endless, or that never comes to its end.
 */
export type Reaction = number | "reset" | "reset-after-answer" | "silent" | "endless" | "unending" | {
  status: number;
  retryAfter: string;
};

export interface Receiver {
  readonly url: string;
  readonly posts: readonly Post[];
  /** Bodies that were answered 2xx, or would have been had the answer arrived. */
  readonly taken: readonly Buffer[];
  /** Most requests that were open at the same time. */
  readonly mostAtOnce: number;
  readonly connections: number;
  /** Connections that are open now. */
  readonly open: number;
}

/** A receiver on loopback that plays `react` for each request, the first being number 1. */
export async function openReceiver(
  react: (post: Post, number: number) => Reaction = () => 200,
): Promise<Receiver> {
  const posts: Post[] = [];
  const taken: Buffer[] = [];
  let asking = 0;
  let open = 0;
  let mostAtOnce = 0;
  let connections = 0;
  const server = createServer(async (request, response) => {
    mostAtOnce = Math.max(mostAtOnce, ++asking);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    asking--;
    const raw = Buffer.concat(chunks);
    const post: Post = {
      url: request.url ?? "",
      headers: request.headers,
      body: request.headers["content-encoding"] === "gzip" ? gunzipSync(raw) : raw,
    };
    posts.push(post);
    play(react(post, posts.length), post, response);
  });
  server.on("connection", (socket) => {
    connections++;
    open++;
    socket.on("close", () => open--);
  });

  function play(reaction: Reaction, post: Post, response: ServerResponse): void {
    if (reaction === "silent") return;
    if (reaction === "reset") return void response.socket?.resetAndDestroy();
    if (reaction === "endless" || reaction === "unending") {
      taken.push(post.body);
      response.writeHead(200);
      response.write("so far");
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(10_000, "x")));
      };
      if (reaction === "endless") {
        response.on("drain", more);
        more();
      }
      return;
    }
    const status = typeof reaction === "number"
      ? reaction
      : reaction === "reset-after-answer"
      ? 200
      : reaction.status;
    if (status >= 200 && status <= 299) taken.push(post.body);
    // Taken, and nobody hears of it.
    if (reaction === "reset-after-answer") return void response.socket?.resetAndDestroy();
    response.writeHead(status, typeof reaction === "object" ? { "retry-after": reaction.retryAfter } : {});
    response.end(status >= 400 ? "this is why" : "");
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/ingest`,
    posts,
    taken,
    get mostAtOnce() {
      return mostAtOnce;
    },
    get connections() {
      return connections;
    },
    get open() {
      return open;
    },
  };
}
