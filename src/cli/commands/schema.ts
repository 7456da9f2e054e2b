import { configJsonSchema } from "../../config/schema.ts";
import type { ExitCode } from "../../errors.ts";
import type { Registry } from "../../plugin/registry.ts";
import { pluginJsonSchema } from "../../plugin/schema.ts";
import { knownServices } from "../../wiring/knownServices.ts";
import { statusJsonSchema } from "../../server/status/schema.ts";
import { checkReportSchema } from "../checkReport.ts";
import { type Given, usage } from "../options.ts";
import type { Runtime } from "../../wiring/runtime.ts";

const SCHEMAS: Readonly<Record<string, (registry: Registry) => object>> = {
  config: configJsonSchema,
  plugin: pluginJsonSchema,
  check: checkReportSchema,
  status: statusJsonSchema,
};

/** `graphtap schema`: what an editor needs to complete and check a configuration, and who reads our JSON to read it. */
export async function run(given: Given, runtime: Runtime): Promise<ExitCode> {
  const { words } = given;
  const [name = "config", ...more] = words;
  const schema = Object.hasOwn(SCHEMAS, name) && more.length === 0 ? SCHEMAS[name] : undefined;
  if (schema === undefined) throw usage("schema", `expected one of ${Object.keys(SCHEMAS).join(", ")}`);
  const shown = schema((await knownServices(given.all("config"), runtime)).registry);
  await runtime.writeStdout(new TextEncoder().encode(`${JSON.stringify(shown, null, 2)}\n`));
  return 0;
}
