/** What `graphtap up --dry-run` prints. */
import { shellCommand } from "../../telemetry/shellCommand.ts";
import { indent } from "../quote.ts";
import type { ShipperPlan } from "./plan.ts";
import type { ShipperProgram } from "./program.ts";

/** All that would be done by a plan, in order. */
export function describePlan(plan: ShipperPlan, { name, path, version }: ShipperProgram): string {
  const files = { ...plan.files, [plan.path]: plan.configuration };
  const lines = [
    `shipper: ${name} ${version}, ${path}`,
    ...plan.served.map((output) => `serves: ${output}`),
    ...plan.warnings.map((warning) => `warning: ${warning}`),
    `hand-over: a spool, ${plan.spool}*`,
    `judges: ${shellCommand(plan.judge(plan.path))}`,
    `starts: ${shellCommand(plan.start)}`,
    ...Object.entries(files).map(([file, text]) => `writes: ${file}\n${indent(text.trimEnd(), 2)}`),
  ];
  return `${lines.join("\n")}\n`;
}
