/** What graphtap itself cannot do without: its own connection and inflater; what they give is written as it is. */
import process from "node:process";
import { createHttp } from "../../../src/graph/http.ts";

const { transport, close } = createHttp();
let next: string | null = `${process.argv[2]}/v1.0/auditLogs/signIns?$top=1000`;
while (next !== null) {
  const response = await transport({ method: "GET", url: next, headers: { "accept-encoding": "gzip" } });
  for await (const piece of response.body) {
    await new Promise<void>((done) => process.stdout.write(piece, () => done()));
  }
  // Finding the link in the page is not part of the floor.
  next = response.header("x-next");
}
await close();
