/** `outputs`: nothing is delivered to them from here, but the shipper's configuration is made from them. */
import * as z from "zod";
import type { OutputConfig } from "./config.ts";
import { type CheckContext, isBlank, isRecord } from "./check.ts";
import { beginsAtHome } from "../files/home.ts";
import { integer, key, text } from "./field.ts";
import { keyOf, kindOf, shownValue } from "./document/problems.ts";

/** A block under `outputs`, for the JSON Schema. */
export function outputSchema() {
  return z.looseObject({
    type: key(text().optional(), "Kind of destination.", { examples: ["devo_platform"] }),
    config: key(
      z.looseObject({
        address: key(text().optional(), "Host of the Devo cloud.", { examples: ["collector-us.devo.io"] }),
        port: key(integer(1).optional(), "Port.", { examples: [443] }),
        type: key(text().optional(), "SSL.", { examples: ["SSL"] }),
        chain: key(text().optional(), "Chain file, in certs/.", { examples: ["chain.crt"] }),
        cert: key(text().optional(), "Certificate file, in certs/."),
        key: key(text().optional(), "Key file, in certs/."),
      }).optional(),
      "Settings of the destination.",
    ),
  });
}

/** The old collector's names of each setting, its own first. */
const NAMES = {
  address: ["address", "url", "location"],
  port: ["port"],
  chain: ["chain", "chain_loc"],
  cert: ["cert", "cert_loc"],
  key: ["key", "key_loc"],
} as const;

const FILE = 'the name of a file, without "~"';

/** What a setting may be; made where there are outputs. */
function settingSchemas() {
  const word = z.string("a text").trim().min(1, "a text that is not empty");
  return {
    word,
    file: word.refine((name) => !beginsAtHome(name)),
    port: z.union([z.int(), z.string().regex(/^\s*\d+\s*$/).transform(Number)]).pipe(
      z.int().min(1).max(65_535),
    ),
  };
}

/** Reads every output; a value that is wrong is a warning, and missing. */
export function readOutputs(context: CheckContext, outputs: unknown): OutputConfig[] {
  if (outputs === undefined || outputs === null || isBlank(outputs)) return [];
  if (!isRecord(outputs)) {
    context.report("error", ["outputs"], `found ${kindOf(outputs)}, expected a map of outputs`);
    return [];
  }
  const schemas = settingSchemas();
  return Object.entries(outputs).flatMap(([name, block]) =>
    isRecord(block) ? [readOutput(context, schemas, name, block)] : []
  );
}

function readOutput(
  { report, placeholders }: CheckContext,
  { word, file, port }: ReturnType<typeof settingSchemas>,
  name: string,
  { type, config }: { readonly type?: unknown; readonly config?: unknown },
): OutputConfig {
  const settings = isRecord(config) ? config : {};
  const read = <T>(setting: keyof typeof NAMES, schema: z.ZodType<T>, expected: string): T | null => {
    const written = NAMES[setting].find((candidate) =>
      settings[candidate] != null && !isBlank(settings[candidate])
    );
    if (written === undefined) return null;
    const path = ["outputs", name, "config", written];
    if (placeholders.has(keyOf(path))) return null;
    const result = schema.safeParse(settings[written]);
    if (result.success) return result.data;
    report("warning", path, `found ${shownValue(settings[written])}, expected ${expected}`);
    return null;
  };
  return {
    name,
    type: typeof type === "string" && type.trim() !== "" ? type.trim() : "devo_platform",
    address: read("address", word, "the name of a host"),
    port: read("port", port, "a port, 1 to 65535"),
    chain: read("chain", file, FILE),
    cert: read("cert", file, FILE),
    key: read("key", file, FILE),
  };
}
