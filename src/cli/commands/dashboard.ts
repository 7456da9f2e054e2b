import type { ExitCode } from "../../errors.ts";
import { dashboardText } from "../../telemetry/dashboard.ts";
import { panelRows } from "../../telemetry/panels.ts";
import type { Runtime } from "../../wiring/runtime.ts";
import type { Given } from "../options.ts";

/** `graphtap dashboard`: a dashboard for Grafana. */
export async function run(_given: Given, runtime: Runtime): Promise<ExitCode> {
  await runtime.writeStdout(new TextEncoder().encode(dashboardText(panelRows)));
  return 0;
}
