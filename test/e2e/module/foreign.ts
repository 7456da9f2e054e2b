/** A program of somebody else: a tap with a sink of its own, which writes each record's id into a file. */
import { appendFile, readFile } from "node:fs/promises";
import { eventsOf, GraphtapError, openTap, type StreamReport, type Tap } from "@graphtap/graphtap";
import { createEmulator, defaultTenant } from "@graphtap/graphtap/emulator";

const { tenantId, clientId, clientSecret } = defaultTenant;
const credentials = { tenant_id: tenantId, client_id: clientId, client_secret: clientSecret };
const services = { secure_scores: {}, secure_score_control_profiles: {} };
const graph = createEmulator();

async function pull(write: (lines: Uint8Array) => Promise<void>): Promise<readonly StreamReport[]> {
  const tap: Tap = await openTap({
    config: { value: { inputs: { contoso: { id: "1", enabled: true, credentials, services } } } },
    stateDir: "foreign-state",
    fetch: graph.fetch,
    sink: { write },
  });
  return tap.pull().finally(() => tap.close());
}

const write = (lines: Uint8Array) =>
  appendFile("foreign.txt", eventsOf(lines).map(({ service, id }) => `${service} ${id}\n`).join(""));
graph.produce("secure_scores", 3);
graph.produce("secure_score_control_profiles", 4);
const refused = await pull(() => Promise.reject(new Error("a full disk"))).catch((error: unknown) => error);
const reports = [...await pull(write), ...await pull(write)];
const lines = (await readFile("foreign.txt", "utf8")).trimEnd().split("\n");
const code = refused instanceof GraphtapError ? refused.code : "none";
console.log(JSON.stringify({ code, sent: reports.map(({ sent }) => sent).sort(), ids: new Set(lines).size }));
