/** The loop that one writes first: parse the page, write each record. */
import { once } from "node:events";
import process from "node:process";

interface Page {
  readonly value: unknown[];
  readonly "@odata.nextLink"?: string;
}

let next: string | undefined = `${process.argv[2]}/v1.0/auditLogs/signIns?$top=1000`;
while (next !== undefined) {
  const page = await (await fetch(next)).json() as Page;
  for (const record of page.value) {
    if (!process.stdout.write(`${JSON.stringify(record)}\n`)) await once(process.stdout, "drain");
  }
  next = page["@odata.nextLink"];
}
