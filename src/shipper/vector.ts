/** Configurations of Vector, and the files in `vector/`: both from the pieces below, so they cannot drift. */
import { GraphtapError } from "../errors.ts";
import { comment, indent, textsOf } from "./layout.ts";
import { refuse, yamlText } from "./quote.ts";
import { EXAMPLE, type ShipperSettings, type WayIn } from "./settings.ts";
import { DEVO_HTTP, TESTS } from "./vectorHttp.ts";
import { devoSink, FILE_SINK } from "./vectorSinks.ts";
import { type VectorWayIn, vectorWays } from "./vectorSources.ts";

const dataDir = ({ buffer }: ShipperSettings) =>
  `# Disk buffers and positions.
data_dir: ${yamlText(`${buffer}/vector`)}
`;

/** A user's whole configuration, to Devo. @throws usage, config-invalid for what cannot be written down in it */
export function vectorConfig(settings: ShipperSettings, via: WayIn, head: string): string {
  if (via === "stdin") {
    throw new GraphtapError("usage", `--via is "stdin", which is for fluent-bit only; take exec for vector`);
  }
  // Vector replaced variables in all texts up to 0.56; the files source reads patterns.
  for (const value of textsOf(settings)) refuse("it", value, /\$|\{\{|SECRET\[/, "Vector");
  if (via === "file") refuse("it", settings.spool, /[*?[\]{}\\]/, "Vector");
  const way = vectorWays[via];
  const [own = "", sinks = ""] = (way.rest ?? "").split("\nsinks:\n");
  return `${comment(`${head}\n\n${way.about}`)}
${dataDir(settings)}
sources:
${indent(way.source(settings), 2)}
${own === "" ? "" : `${own}\n`}sinks:
${sinks === "" ? "" : `${sinks}\n`}${indent(devoSink(settings), 2)}`;
}

const FILES: Readonly<Record<VectorWayIn, string>> = {
  exec: "exec.yaml",
  interval: "exec-interval.yaml",
  http: "http.yaml",
  file: "file.yaml",
};

/** The files in `vector/` by their names. */
export function vectorFiles(): Readonly<Record<string, string>> {
  const ins = Object.entries(vectorWays).map(([via, way]) => [
    FILES[via as VectorWayIn],
    `${
      comment(`${way.about}\nTogether with a way out: vector -c ${FILES[via as VectorWayIn]} -c to-devo.yaml`)
    }
${dataDir(EXAMPLE)}
sources:
${indent(way.source(EXAMPLE), 2)}${way.rest === undefined ? "" : `\n${way.rest}`}`,
  ]);
  return Object.fromEntries([
    ...ins,
    [
      "to-devo.yaml",
      `${comment("The way out to Devo, over TLS with a client certificate.")}
sinks:
${indent(devoSink(EXAMPLE), 2)}`,
    ],
    [
      "to-devo-http.yaml",
      `${comment("The way out to Devo's HTTP endpoint, where TCP or client certificates are not possible.")}
${DEVO_HTTP}`,
    ],
    [
      "to-file.yaml",
      `${comment("A way out for trying: the lines as Devo would get them, in /tmp/graphtap.log.")}
sinks:
${indent(FILE_SINK, 2)}`,
    ],
    ["tests.yaml", TESTS],
  ]);
}
