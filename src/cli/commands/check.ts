import { systemClock } from "../../clock.ts";
import { shownProblems, warningLine } from "../../config/problems.ts";
import type { ExitCode } from "../../errors.ts";
import { fileAccess, readConfig } from "../../wiring/configFile.ts";
import { outputNotes } from "../../wiring/outputs.ts";
import { visibleLine } from "../../telemetry/visible.ts";
import type { Given } from "../options.ts";
import type { Runtime } from "../../wiring/runtime.ts";

/** `graphtap check`: every problem of the configuration at once, without asking anybody. */
export async function run(given: Given, runtime: Runtime): Promise<ExitCode> {
  const { config } = await readConfig(given.text("config"), runtime, systemClock.now(), fileAccess);
  const warnings = shownProblems(config.warnings, warningLine).map((line) => `warning: ${line}`);
  const streams = config.inputs.filter(({ enabled }) => enabled).flatMap(({ name, services }) =>
    services.filter(({ enabled }) => enabled).map((service) =>
      `  ${name} × ${service.name}, every ${service.periodSeconds} s, from ${
        service.startTime?.text ?? "now on"
      }`
    )
  );
  const lines = [
    ...warnings,
    `${config.file}: valid; ${streams.length} streams`,
    ...streams,
    ...outputNotes(config).map((note) => `note: ${note}`),
  ];
  const text = lines.map((line) => `${visibleLine(line)}\n`).join("");
  await runtime.writeStdout(new TextEncoder().encode(text));
  return 0;
}
