/** Processor time of processes that find nothing to do. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { applicationCertificate } from "../support/applicationCertificate.ts";
import { ratioRow, type Row } from "./figures.ts";
import { startGraph } from "./graphServer.ts";
import { measure } from "./measure.ts";
import type { Workshop } from "./workshop.ts";

export async function startup(workshop: Workshop, runs: number): Promise<Row[]> {
  const graph = await startGraph(workshop, { pages: 0 });
  const empty = join(workshop.folder, "empty.js");
  writeFileSync(empty, "");
  const { config } = workshop.configuration(graph.url, graph.fromMs);
  const pull = () => measure(workshop, [workshop.graphtap, "pull", "-c", config]);
  const pullDue = () => measure(workshop, [workshop.graphtap, "pull", "--due", "-c", config]);
  const byCertificate = withCertificate(workshop, config);
  const pullByCertificate = () => measure(workshop, [workshop.graphtap, "pull", "-c", byCertificate]);
  await pull();
  await pullByCertificate();
  const ratios = { due: [] as number[], pull: [] as number[], certificate: [] as number[] };
  for (let run = 0; run < runs * 3; run++) {
    const base = await measure(workshop, [empty]);
    ratios.due.push((await pullDue()).cpuMs / base.cpuMs);
    const bySecret = await pull();
    ratios.pull.push(bySecret.cpuMs / base.cpuMs);
    ratios.certificate.push((await pullByCertificate()).cpuMs / bySecret.cpuMs);
  }
  graph.close();
  return [
    ratioRow("CPU, pull --due with nothing due", "an empty Node process", ratios.due, 1.8),
    ratioRow("CPU, pull with nothing new", "an empty Node process", ratios.pull, 2.8),
    ratioRow("CPU, pull by a certificate, nothing new", "the same by a secret", ratios.certificate, 1.3),
  ];
}

/** The same configuration, whose application has a certificate in the place of its secret. */
function withCertificate(workshop: Workshop, config: string): string {
  const { both } = applicationCertificate(join(workshop.folder, "certificate"));
  const read = JSON.parse(readFileSync(config, "utf8"));
  const { client_secret: _, ...ids } = read.inputs.bench.credentials;
  read.inputs.bench.credentials = { ...ids, client_certificate: { file: both } };
  const path = join(config, "../by-certificate.yaml");
  writeFileSync(
    path,
    JSON.stringify({ ...read, globals: { ...read.globals, persistence: stateIn("by-certificate") } }),
  );
  return path;
}

const stateIn = (directory_name: string) => ({ type: "filesystem", config: { directory_name } });
