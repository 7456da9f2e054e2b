/** `outputs`: nothing is delivered to them from here, but the shipper's configuration is made from them. */
import * as z from "zod";
import type { OutputConfig } from "./config.ts";
import type { Reading } from "./reading.ts";
import { keyOf, report, shownValue } from "./reading.ts";
import { isRecord } from "./section.ts";

/** The old collector's names of each setting, its own first. */
const NAMES = {
  address: ["address", "url", "location"],
  port: ["port"],
  chain: ["chain", "chain_loc"],
  cert: ["cert", "cert_loc"],
  key: ["key", "key_loc"],
} as const;

const text = z.string("a text").trim().min(1, "a text that is not empty");
const port = z.union([z.int(), z.string().regex(/^\s*\d+\s*$/).transform(Number)]).pipe(
  z.int().min(1).max(65_535),
);

/** Reads every output; a value that is wrong is a warning, and missing. */
export function readOutputs(reading: Reading, outputs: unknown): OutputConfig[] {
  if (!isRecord(outputs)) return [];
  return Object.entries(outputs).filter(([, block]) => isRecord(block)).map(([name, block]) => {
    const { type, config } = block as { readonly type?: unknown; readonly config?: unknown };
    const settings = isRecord(config) ? config : {};
    const read = <T>(setting: keyof typeof NAMES, schema: z.ZodType<T>, expected: string): T | null => {
      const key = NAMES[setting].find((candidate) => settings[candidate] != null);
      if (key === undefined) return null;
      const path = ["outputs", name, "config", key];
      if (reading.placeholders.has(keyOf(path))) return null;
      const result = schema.safeParse(settings[key]);
      if (result.success) return result.data;
      report(reading, "warning", path, `found ${shownValue(settings[key])}, expected ${expected}`);
      return null;
    };
    return {
      name,
      type: typeof type === "string" && type.trim() !== "" ? type.trim() : "devo_platform",
      address: read("address", text, "the name of a host"),
      port: read("port", port, "a port, 1 to 65535"),
      chain: read("chain", text, "the name of a file"),
      cert: read("cert", text, "the name of a file"),
      key: read("key", text, "the name of a file"),
    };
  });
}
