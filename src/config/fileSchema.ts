/** The whole file as one schema: the source of the JSON Schema and of the keys at its top. */
import * as z from "zod";
import type { Registry } from "../plugin/registry.ts";
import { integer, key, keyNotes, text } from "./field.ts";
import { globalsSchema } from "./globalsSchema.ts";
import { inputSchema } from "./inputSchema.ts";
import { serviceSchema } from "./serviceSchema.ts";

const output = z.looseObject({
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

/** The keys at the top of the file. */
export function fileSchema(registry: Registry) {
  const schema = z.object({
    globals: key(globalsSchema.optional(), "Settings of the program."),
    global_overrides: key(globalsSchema.optional(), "The cloud form's globals; its keys win."),
    outputs: key(
      z.record(z.string(), output.nullable()).optional(),
      "Destinations: not delivered to from here, they feed the shipper's configuration.",
    ),
    inputs: key(
      z.record(z.string(), inputSchema.extend({ services: servicesSchema(registry) })),
      "One tenant each: its credentials and its services.",
      { missing: ["InputConfigurationError", 1], wrong: ["InputConfigurationError", 2] },
    ),
    $schema: key(z.unknown().optional(), "Address of this schema, for editors.", { idle: true }),
  });
  keyNotes.add(schema, { lenient: true });
  return schema;
}

/** `services`: every accepted name, each a service. */
function servicesSchema(registry: Registry) {
  const entries = registry.names().map((name) => {
    const plugin = registry.resolve(name);
    const older = plugin?.service !== name;
    const title = older ? `Older name of ${plugin?.service}` : plugin.title;
    return [
      name,
      serviceSchema.nullable().optional().meta({ title, ...(older && { deprecated: true }) }),
    ] as const;
  });
  return key(z.strictObject(Object.fromEntries(entries)), "What to pull: only the services named here run.");
}
