/** Whether the CRC of a compressed page counts: not where TLS vouches for its bytes. */
import { Buffer } from "node:buffer";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { createAuthority } from "../support/certificates.ts";
import { run } from "../support/program.ts";
import { contoso, openSite } from "../support/site.ts";

/** A Graph with 30 audits, before which somebody puts zeros in the place of each CRC. */
async function spoilt(scheme: "http" | "https") {
  const site = await openSite();
  site.emulator.produce("directoryAudits", 30);
  const authority = createAuthority();
  const chain = join(site.folder, "chain.pem");
  writeFileSync(chain, authority.chain);
  const counts = { spoilt: 0 };
  const pass = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const { method, headers, url } = incoming;
    const onward = request(new URL(url!, site.url), { method, headers }, async (answer) => {
      const body = Buffer.concat(await answer.toArray());
      if (answer.headers["content-encoding"] === "gzip") {
        body.fill(0, body.length - 8, body.length - 4);
        counts.spoilt++;
      }
      const { "transfer-encoding": _, ...kept } = answer.headers;
      outgoing.writeHead(answer.statusCode!, kept).end(body);
    });
    incoming.pipe(onward);
  };
  const server = scheme === "http" ? createServer(pass) : createTlsServer(authority.issue("127.0.0.1"), pass);
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => void server.close());
  const url = `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const config = site.config([contoso("directory_audits")]) as { inputs: Record<string, object> };
  Object.assign(config.inputs["contoso"]!, { override_base_url: url, override_login_url: url });
  const path = join(site.folder, "config.yaml");
  writeFileSync(path, JSON.stringify(config));
  return { path, counts, env: { NODE_EXTRA_CA_CERTS: chain, DENO_NO_UPDATE_CHECK: "1" } };
}

describe("a page whose CRC is wrong", () => {
  it("is delivered when it came by https", async () => {
    const { path, counts, env } = await spoilt("https");
    const { code, stdout, stderr } = await run(["pull", "-c", path], { env });
    expect(code, stderr).toBe(0);
    expect(stdout.toString().split("\n")).toHaveLength(31);
    expect(counts.spoilt).toBeGreaterThan(0);
  });

  it("is refused when it came by plain http", async () => {
    const { path, env } = await spoilt("http");
    const { code, stderr } = await run(["pull", "-c", path, "--deadline", "3"], { env });
    expect(code).toBe(1);
    expect(stderr).toContain("the compressed body is damaged (Z_DATA_ERROR)");
  });
});
