/** Configurations of Fluent Bit, and the files in `fluent-bit/`: both from the pieces below, so they cannot drift. */
import { fluentBitWays } from "./fluentBitInputs.ts";
import { devoOutput, fileOutput } from "./fluentBitOutputs.ts";
import { comment, indent, textsOf } from "./layout.ts";
import { refuse, yamlText } from "./quote.ts";
import { EXAMPLE, type ShipperSettings, type WayIn } from "./settings.ts";

function service({ buffer }: ShipperSettings): string {
  return `service:
  flush: 1
  # Seconds for what is under way when Fluent Bit is told to stop; the rest waits on disk for the next start.
  grace: 30
  log_level: info
  # Counters and health: curl -s 127.0.0.1:2020/api/v1/storage shows what waits on disk.
  http_server: on
  http_listen: 127.0.0.1
  http_port: 2020
  # Seconds that a retry waits at most; 2000 unless set.
  scheduler.cap: 30
  storage.path: ${yamlText(`${buffer}/fluent-bit`)}
  storage.sync: full
  storage.metrics: on
`;
}

/** A user's whole configuration, to Devo. @throws config-invalid for paths that cannot be written down in it */
export function fluentBitConfig(settings: ShipperSettings, via: WayIn, head: string): string {
  for (const value of textsOf(settings)) refuse("it", value, /\$\{/, "Fluent Bit");
  // The shell has words for these, the list of files of a tail has not.
  if (via === "file") refuse("it", settings.spool, /[*?[\],\s]/, "Fluent Bit");
  const way = fluentBitWays[via];
  return `${comment(`${head}\n\n${way.about}`)}
${service(settings)}
${way.parsers === undefined ? "" : `${way.parsers}\n`}pipeline:
  inputs:
${indent(way.input(settings), 4)}
  outputs:
${indent(devoOutput(settings, way.key), 4)}`;
}

const FILES: Readonly<Record<WayIn, string>> = {
  exec: "exec.yaml",
  interval: "exec-interval.yaml",
  stdin: "stdin.yaml",
  http: "http.yaml",
  file: "tail.yaml",
};

/** The files in `fluent-bit/` by their names. */
export function fluentBitFiles(): Readonly<Record<string, string>> {
  const ins = Object.entries(fluentBitWays).map(([via, way]) => [
    FILES[via as WayIn],
    `${comment(way.about)}
${service(EXAMPLE)}
# The key that holds the line, for the files of the ways out.
env:
  LINE: ${way.key}

# To Devo; or to-file.yaml, to try.
includes:
  - to-devo.yaml

${way.parsers === undefined ? "" : `${way.parsers}\n`}pipeline:
  inputs:
${indent(way.input(EXAMPLE), 4)}`,
  ]);
  const devo = `${comment("The way out to Devo, over TLS with a client certificate.")}
pipeline:
  outputs:
${indent(devoOutput(EXAMPLE, "${LINE}"), 4)}`;
  const file = `${comment("A way out for trying: the lines as Devo would get them, in /tmp/graphtap.log.")}
pipeline:
  outputs:
${indent(fileOutput("${LINE}"), 4)}`;
  return Object.fromEntries([...ins, ["to-devo.yaml", devo], ["to-file.yaml", file]]);
}
