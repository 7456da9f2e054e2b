import { configJsonSchema } from "../../config/schema.ts";
import type { ExitCode } from "../../errors.ts";
import { createRegistry } from "../../plugin/registry.ts";
import { plugins } from "../../../plugins/index.ts";
import { statusJsonSchema } from "../../server/status/schema.ts";
import { checkReportSchema } from "../checkReport.ts";
import { type Given, usage } from "../options.ts";
import type { Runtime } from "../../wiring/runtime.ts";

const SCHEMAS: Readonly<Record<string, () => object>> = {
  config: () => configJsonSchema(createRegistry(plugins)),
  check: checkReportSchema,
  status: statusJsonSchema,
};

/** `graphtap schema`: what an editor needs to complete and check a configuration, and who reads our JSON to read it. */
export async function run({ words }: Given, runtime: Runtime): Promise<ExitCode> {
  const [name = "config", ...more] = words;
  const schema = Object.hasOwn(SCHEMAS, name) && more.length === 0 ? SCHEMAS[name] : undefined;
  if (schema === undefined) throw usage("schema", `expected one of ${Object.keys(SCHEMAS).join(", ")}`);
  await runtime.writeStdout(new TextEncoder().encode(`${JSON.stringify(schema(), null, 2)}\n`));
  return 0;
}
