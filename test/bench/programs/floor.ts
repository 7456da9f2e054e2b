/** What no reader of pages can do without: fetch, inflate, write. */
import process from "node:process";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { Agent, request } from "undici";

const dispatcher = new Agent();
let next: string | undefined = `${process.argv[2]}/v1.0/auditLogs/signIns?$top=1000`;
while (next !== undefined) {
  const response = await request(next, { dispatcher, headers: { "accept-encoding": "gzip" } });
  const inflated = pipeline(response.body, createGunzip({ chunkSize: 256 * 1024 }), () => {});
  for await (const chunk of inflated) {
    await new Promise<void>((done) => process.stdout.write(chunk as Uint8Array, () => done()));
  }
  // Finding the link in the page is not part of the floor.
  next = response.headers["x-next"] as string | undefined;
}
await dispatcher.destroy();
