/** The least that one writes by hand on Node: a whole page fetched, inflated at once, written. */
import { Buffer } from "node:buffer";
import { Agent, get, type IncomingMessage } from "node:http";
import process from "node:process";
import { gunzipSync } from "node:zlib";

const agent = new Agent({ keepAlive: true });
const headers = { "accept-encoding": "gzip" };
let next: string | undefined = `${process.argv[2]}/v1.0/auditLogs/signIns?$top=1000`;
while (next !== undefined) {
  const url: string = next;
  const response = await new Promise<IncomingMessage>((answer, fail) =>
    get(url, { agent, headers }, answer).on("error", fail)
  );
  const chunks: Buffer[] = [];
  await new Promise((end) => response.on("data", (chunk: Buffer) => chunks.push(chunk)).on("end", end));
  const page = gunzipSync(Buffer.concat(chunks));
  await new Promise<void>((done) => process.stdout.write(page, () => done()));
  next = response.headers["x-next"] as string | undefined;
}
agent.destroy();
