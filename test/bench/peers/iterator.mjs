/** Microsoft's own client: its PageIterator, writing each record. Runs in a folder that has it installed. */
import { once } from "node:events";
import process from "node:process";
import { Client, PageIterator } from "@microsoft/microsoft-graph-client";

const client = Client.init({
  baseUrl: `${process.argv[2]}/`,
  customHosts: new Set(["127.0.0.1"]),
  authProvider: (done) => done(null, "token"),
});
const first = await client.api("/auditLogs/signIns").top(1000).get();
// False pauses the iterator: the pipe is full.
const iterator = new PageIterator(
  client,
  first,
  (record) => process.stdout.write(`${JSON.stringify(record)}\n`),
);
await iterator.iterate();
while (!iterator.isComplete()) {
  if (process.stdout.writableNeedDrain) await once(process.stdout, "drain");
  await iterator.resume();
}
