import { configJsonSchema } from "../../config/schema.ts";
import type { ExitCode } from "../../errors.ts";
import { createRegistry } from "../../plugin/registry.ts";
import { plugins } from "../../../plugins/index.ts";
import type { Given } from "../options.ts";
import type { Runtime } from "../../wiring/runtime.ts";

/** `graphtap schema`: what an editor needs to complete and check a configuration. */
export async function run(_given: Given, runtime: Runtime): Promise<ExitCode> {
  const schema = JSON.stringify(configJsonSchema(createRegistry(plugins)), null, 2);
  await runtime.writeStdout(new TextEncoder().encode(`${schema}\n`));
  return 0;
}
