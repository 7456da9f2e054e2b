/**
 * The other end of a TLS connection, in a process of Node's own: Deno's TLS server cannot ask for client certificates,
 * and the tests of both runtimes shall meet the same peer.
 */
import { spawn, spawnSync } from "node:child_process";
import process from "node:process";
import { onTestFinished } from "vitest";
import type { Authority, Identity } from "./certificates.ts";
import { onDeno } from "./project.ts";

export interface TlsPeer {
  /** Whose client certificates are taken. */
  readonly authority: Authority;
  /** @default one of the same authority, for localhost and 127.0.0.1 */
  readonly identity?: Identity;
  /** @default TLS 1.2 to 1.3 */
  readonly versions?: readonly [least: string, most: string];
  /** `hangs up` after each handshake, `silent` takes connections and says nothing, `plain` speaks, but not TLS. */
  readonly manner?: "stays" | "hangs up" | "silent" | "plain";
}

const node = onDeno ? "node" : process.execPath;

const SCRIPT = `
const { manner, port = 0, ...options } = JSON.parse(process.argv[1]);
const quiet = (socket) => socket.on("error", () => {}).resume();
const server = manner === "silent" || manner === "plain"
  ? require("node:net").createServer((socket) => (quiet(socket), manner === "plain" && socket.write("220 hello\\r\\n")))
  : require("node:tls").createServer({ ...options, requestCert: true, rejectUnauthorized: true },
    (socket) => (quiet(socket), manner === "hangs up" && socket.end()));
server.on("tlsClientError", () => {});
server.listen(port, "127.0.0.1", () => console.log(server.address().port));
`;

/** Starts one for the running test. @returns its port */
export async function startTlsPeer(
  { authority, identity = authority.issue("peer"), versions, manner }: TlsPeer,
): Promise<number> {
  const [minVersion, maxVersion] = versions ?? ["TLSv1.2", "TLSv1.3"];
  const options = JSON.stringify({ manner, ...identity, ca: authority.chain, minVersion, maxVersion });
  const said = await startPeer([node, "-e", SCRIPT, options], /^(\d+)\n/);
  return Number(said);
}

/** Whether this machine has OpenSSL's program: it sends alerts where Node only hangs up. */
export const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;

/** Starts OpenSSL's server, which takes the client certificates of the file `chain` only. @returns its port */
export async function startOpensslPeer(
  files: { readonly cert: string; readonly key: string; readonly chain: string },
): Promise<number> {
  const words = ["s_server", "-accept", "127.0.0.1:0", "-cert", files.cert, "-key", files.key];
  const asking = ["-CAfile", files.chain, "-Verify", "1", "-verify_return_error", "-naccept", "9"];
  return Number(await startPeer(["openssl", ...words, ...asking], /^ACCEPT \S*:(\d+)$/m));
}

/** Starts a process that ends with the test. @returns the first group of `pattern` in what it says */
function startPeer([file = "", ...words]: readonly string[], pattern: RegExp): Promise<string> {
  const child = spawn(file, words, { stdio: ["pipe", "pipe", "ignore"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  return new Promise((resolve, reject) => {
    let said = "";
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the peer ended with ${code}: ${said}`)));
    child.stdout.on("data", (text) => {
      said += text;
      const found = pattern.exec(said);
      if (found !== null) resolve(found[1]!);
    });
  });
}
