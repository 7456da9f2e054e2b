import type { ExitCode } from "../errors.ts";
import type { ConfigText } from "./configFile.ts";
import type { Given } from "./options.ts";
import type { Runtime } from "./runtime.ts";

export function migrateState(_given: Given, _runtime: Runtime, _source: ConfigText): Promise<ExitCode> {
  return Promise.resolve(0);
}
