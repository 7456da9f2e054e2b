/** What reaches the port of `serve` byte by byte: requests that are not as they should be. */
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import process from "node:process";
import { describe, expect, it, onTestFinished } from "vitest";
import { serve, type Serving } from "../support/serving.ts";
import { waitFor } from "../support/program.ts";
import { contoso, openSite } from "../support/site.ts";

// Who has the token is refused for what is wrong with the request alone.
const TOKEN = "a-token-of-length-24-abc";

async function listening(): Promise<Serving> {
  const site = await openSite();
  const config = site.write([contoso("directory_audits")]);
  return await serve(["-c", config, "--no-poll"], { env: { GRAPHTAP_TOKEN: TOKEN } });
}

interface Wire {
  readonly socket: Socket;
  /** The status of each answer so far. */
  statuses(): number[];
  closed(): boolean;
}

/** A connection on which these bytes were sent as they are. */
function wire({ url }: Serving, bytes: string): Wire {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname, () => socket.write(bytes));
  onTestFinished(() => void socket.destroy());
  let [text, closed] = ["", false];
  socket.on("data", (chunk) => text += chunk.toString("latin1")).on("close", () => closed = true).on(
    "error",
    () => {},
  );
  return {
    socket,
    statuses: () => [...text.matchAll(/^HTTP\/1\.1 (\d{3}) /gm)].map(([, status]) => Number(status)),
    closed: () => closed,
  };
}

const HOST = `Host: 127.0.0.1\r\nAuthorization: Bearer ${TOKEN}\r\n`;
const post = (headers: string) => `POST /v1/confirm/x HTTP/1.1\r\n${HOST}${headers}\r\n`;
const smuggled = `GET /healthz HTTP/1.1\r\n${HOST}\r\n`;

const ONCE: readonly [string, string, number][] = [
  ["of another host, as after DNS rebinding", "GET /v1/pull HTTP/1.1\r\nHost: evil.example\r\n\r\n", 421],
  [
    "of a host that only begins like ours",
    "GET /v1/pull HTTP/1.1\r\nHost: 127.0.0.1.evil.example\r\n\r\n",
    421,
  ],
  ["without a host", "GET /v1/pull HTTP/1.1\r\n\r\n", 400],
  ["with two hosts", `GET /v1/pull HTTP/1.1\r\n${HOST}Host: evil.example\r\n\r\n`, 421],
  ["with a space before the colon", "GET /healthz HTTP/1.1\r\nHost : 127.0.0.1\r\n\r\n", 400],
  ["with a bare line feed in a header", `GET /healthz HTTP/1.1\r\n${HOST}X: a\nY: b\r\n\r\n`, 400],
  ["with two lengths", post("Content-Length: 5\r\nContent-Length: 6\r\n") + "abcde", 400],
  [
    "with a length and chunks",
    post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n") + `0\r\n\r\n${smuggled}`,
    400,
  ],
  ["with an unknown encoding", post("Transfer-Encoding: xchunked\r\n") + `0\r\n\r\n${smuggled}`, 400],
  ["with 100 KB of headers", `GET /healthz HTTP/1.1\r\n${HOST}X: ${"a".repeat(100_000)}\r\n\r\n`, 431],
  ["for a path above the root", `GET /../../etc/passwd HTTP/1.1\r\n${HOST}\r\n`, 404],
  ["for an escaped path above the root", `GET /v1/%2e%2e%2f%2e%2e%2fetc/passwd HTTP/1.1\r\n${HOST}\r\n`, 404],
  [
    "for a path that is no UTF-8",
    `POST /v1/confirm/%ff%zz%00 HTTP/1.1\r\n${HOST}Content-Length: 0\r\n\r\n`,
    404,
  ],
  [
    "to confirm, from a form of another site",
    post("Origin: https://evil.example\r\nContent-Length: 0\r\n"),
    403,
  ],
  ["to confirm, from a sandboxed page", post("Origin: null\r\nContent-Length: 0\r\n"), 403],
  [
    "to pull, from an image in another site",
    `GET /v1/pull HTTP/1.1\r\n${HOST}Sec-Fetch-Site: cross-site\r\n\r\n`,
    403,
  ],
  [
    "to be allowed to, from another site",
    `OPTIONS /v1/pull HTTP/1.1\r\n${HOST}Origin: https://evil.example\r\n\r\n`,
    403,
  ],
];

describe("a request", () => {
  it("that is wrong is refused, and nothing behind it is taken for another one", async () => {
    const server = await listening();
    for (const [what, bytes, status] of ONCE) {
      const { statuses } = wire(server, bytes);
      await waitFor(() => statuses().length > 0, () => `an answer to the request ${what}`);
      expect(statuses(), what).toEqual([status]);
    }
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  });

  it("never gets permission to be read by another site", async () => {
    const server = await listening();
    for (const path of ["/", "/healthz", "/metrics", "/v1/pull", "/v1/events"]) {
      const response = await fetch(server.url + path, { headers: { origin: "https://evil.example" } });
      expect(response.headers.get("access-control-allow-origin"), path).toBeNull();
      expect(response.status, path).toBe(403);
    }
  });

  it("that is sent without end is cut off, in bounded memory", { timeout: 240_000 }, async () => {
    const server = await listening();
    const endless: [string, string][] = [
      [`GET /healthz HTTP/1.1\r\n${HOST}`, `X: ${"a".repeat(1000)}\r\n`.repeat(60)],
      [post("Content-Length: 99999999999\r\n"), "a".repeat(65_536)],
      [post("Transfer-Encoding: chunked\r\n"), `10000\r\n${"a".repeat(65_536)}\r\n`],
    ];
    for (const [head, more] of endless) {
      const { socket, closed } = wire(server, head);
      const pump = () => void (closed() || socket.write(more, () => setTimeout(pump, 1)));
      pump();
      await waitFor(closed, () => `the end of ${head.split("\r\n").at(-2)}`);
    }
    if (process.platform === "linux") {
      const status = readFileSync(`/proc/${server.pid}/status`, "utf8");
      expect(Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1024).toBeLessThan(300);
    }
  });

  it(
    "that never gets finished loses its connection, and keeps nobody else waiting",
    { timeout: 240_000 },
    async () => {
      const server = await listening();
      const slow = Array.from({ length: 200 }, () => wire(server, "GET /healthz HT"));
      expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
      await waitFor(
        () => slow.every(({ closed }) => closed()),
        () => `${slow.filter(({ closed }) => !closed()).length} of ${slow.length} connections are still open`,
      );
      expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    },
  );
});
