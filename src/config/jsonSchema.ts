/** The configuration's JSON Schema, for editors and for `graphtap schema`. */
import * as z from "zod";
import type { Registry } from "../plugin/registry.ts";
import { fileSchema } from "./fileSchema.ts";

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
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    },
  });
}
