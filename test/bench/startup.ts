/** Processor time of processes that find nothing to do. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { applicationCertificate, pfxOf } from "../support/applicationCertificate.ts";
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
  const made = applicationCertificate(join(workshop.folder, "certificate"));
  const pem = withCertificate(config, "pem", made.both);
  const pfx = withCertificate(config, "pfx", pfxOf(made, ""));
  const pullBy = (certificate: string) => measure(workshop, [workshop.graphtap, "pull", "-c", certificate]);
  await pull();
  await pullBy(pem);
  await pullBy(pfx);
  const ratios = { due: [] as number[], pull: [] as number[], pem: [] as number[], pfx: [] as number[] };
  for (let run = 0; run < runs * 3; run++) {
    const base = await measure(workshop, [empty]);
    ratios.due.push((await pullDue()).cpuMs / base.cpuMs);
    const bySecret = await pull();
    ratios.pull.push(bySecret.cpuMs / base.cpuMs);
    ratios.pem.push((await pullBy(pem)).cpuMs / bySecret.cpuMs);
    ratios.pfx.push((await pullBy(pfx)).cpuMs / bySecret.cpuMs);
  }
  graph.close();
  return [
    ratioRow("CPU, pull --due with nothing due", "an empty Node process", ratios.due, 1.8),
    ratioRow("CPU, pull with nothing new", "an empty Node process", ratios.pull, 2.8),
    ratioRow("CPU, pull by a certificate, nothing new", "the same by a secret", ratios.pem, 1.3),
    ratioRow("CPU, pull by a certificate as PFX, nothing new", "the same by a secret", ratios.pfx, 1.3),
  ];
}

/** The same configuration, whose application has a certificate in the place of its secret. */
function withCertificate(config: string, name: string, file: string): string {
  const read = JSON.parse(readFileSync(config, "utf8"));
  const { client_secret: _, ...ids } = read.inputs.bench.credentials;
  read.inputs.bench.credentials = { ...ids, client_certificate: { file } };
  const path = join(config, `../${name}.yaml`);
  writeFileSync(
    path,
    JSON.stringify({ ...read, globals: { ...read.globals, persistence: stateIn(name) } }),
  );
  return path;
}

const stateIn = (directory_name: string) => ({ type: "filesystem", config: { directory_name } });
