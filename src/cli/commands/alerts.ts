import type { ExitCode } from "../../errors.ts";
import { alertGroups } from "../../telemetry/alerts.ts";
import { rulesFile } from "../../telemetry/rulesFile.ts";
import type { Runtime } from "../../wiring/runtime.ts";
import { type Given, usage } from "../options.ts";

/** `graphtap alerts`: rules for Prometheus. */
export async function run(given: Given, runtime: Runtime): Promise<ExitCode> {
  const job = given.text("job") ?? "graphtap";
  // It stands within a PromQL string.
  if (!/^[^"\\\p{Cc}]+$/u.test(job)) {
    throw usage("alerts", `--job is ${JSON.stringify(job)}, expected the name of a job of Prometheus`);
  }
  await runtime.writeStdout(new TextEncoder().encode(rulesFile(alertGroups({ job }))));
  return 0;
}
