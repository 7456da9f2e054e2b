/** The whole file as one schema: the keys at its top, and the JSON Schema for editors. */
import * as z from "zod";
import type { Registry } from "../plugin/registry.ts";
import { credentialsSchema } from "./credentials/credentials.ts";
import { key, keyNotes } from "./field.ts";
import { globalsSchema } from "./globals.ts";
import { inputSchema } from "./inputs.ts";
import { outputSchema } from "./outputs.ts";
import { REFERENCE } from "./document/references.ts";
import { serviceSchema } from "./service.ts";

/** The keys at the top of the file. What is in outputs and inputs is described when somebody asks: a start does not. */
export function fileSchema(registry: Registry) {
  const schema = z.object({
    globals: key(globalsSchema.optional(), "Settings of the program."),
    global_overrides: key(globalsSchema.optional(), "The cloud form's globals; its keys win."),
    outputs: key(
      z.lazy(() => z.record(z.string(), outputSchema().nullable())).optional(),
      "Destinations: not delivered to from here, they feed the shipper's configuration.",
    ),
    inputs: key(
      z.lazy(() => z.record(z.string(), wholeInputSchema(registry))),
      "One tenant each: its credentials and its services.",
      { missing: ["InputConfigurationError", 1], wrong: ["InputConfigurationError", 2] },
    ),
    $schema: key(z.unknown().optional(), "Address of this schema, for editors.", { idle: true }),
  });
  keyNotes.add(schema, { lenient: true });
  return schema;
}

/** An input with its services, or a block with a list of tenants. */
function wholeInputSchema(registry: Registry) {
  return inputSchema.extend({
    id: key(inputSchema.shape.id.optional(), inputSchema.shape.id.description!, { examples: ["10001"] }),
    services: servicesSchema(registry),
    tenants: key(
      z.array(tenantSchema()).min(1).optional(),
      "One input each, with what the block has beside it.",
    ),
  }).meta({ allOf: [oneOf("id", "tenants"), oneOf("credentials", "tenant_id", "tenants")] });
}

/** An element of `tenants`: keys of an input, over those of the block around the list. */
function tenantSchema() {
  return inputSchema.omit({ services: true }).extend({
    name: key(z.string().min(1), "Name of the input.", { examples: ["contoso"] }),
  });
}

/** For editors: one of the keys at least. */
function oneOf(...names: readonly string[]) {
  return {
    anyOf: names.map((name) => ({ type: "object", properties: { [name]: {} }, required: [name] })),
  };
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

/** JSON Schema (2020-12) of the configuration with the services of `registry`. */
export function configJsonSchema(registry: Registry): object {
  const schema = fileSchema(registry).meta({ title: "Configuration of graphtap" });
  return z.toJSONSchema(schema, {
    io: "input",
    override: ({ zodSchema, jsonSchema }) => {
      // zod leaves out defaults and examples where the input's type is not the output's; ours hold for both.
      const { examples } = z.globalRegistry.get(zodSchema) ?? {};
      if (Array.isArray(examples)) jsonSchema.examples = examples;
      if (zodSchema instanceof z.ZodDefault) {
        jsonSchema.default = zodSchema.def.defaultValue as typeof jsonSchema.default;
      }
      takeReferences(jsonSchema);
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    },
  });
}

/** Lets a reference stand where a text of a certain form does, and so where a number, true or false may be a text. */
function takeReferences(schema: z.core.JSONSchema.BaseSchema): void {
  if (schema.type !== "string") return;
  if (schema.pattern !== undefined) schema.pattern = `(?:${schema.pattern})|${REFERENCE}`;
  if (schema.enum !== undefined) {
    schema.anyOf = [{ type: "string", enum: schema.enum }, { type: "string", pattern: REFERENCE }];
    delete schema.enum;
  }
}

/** The block to which each known key belongs, for one found in the wrong place. */
export function keyHomes(): ReadonlyMap<string, string> {
  const homes = new Map<string, string>();
  const blocks = [
    ["globals", globalsSchema],
    ["an input", inputSchema],
    ["credentials of an input", credentialsSchema],
    ["a service of an input", serviceSchema],
  ] as const;
  for (const [home, schema] of blocks) {
    for (const key of Object.keys(schema.shape)) if (!homes.has(key)) homes.set(key, home);
  }
  return homes;
}
