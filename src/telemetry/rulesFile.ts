import { stringify } from "yaml";
import type { Alert, AlertGroup } from "./alerts.ts";
import { promDuration } from "./promDuration.ts";

/** Where the section of an alert is, by its name in lower case, as GitHub makes links to headings. */
export const RUNBOOK = "https://github.com/graphtap/graphtap/blob/main/src/RUNBOOK.md";

/** A file for `rule_files` of Prometheus. */
export function rulesFile(groups: readonly AlertGroup[]): string {
  // Expressions stay on one line, so that they can be found and copied.
  return stringify({ groups: groups.map(({ name, alerts }) => ({ name, rules: alerts.map(rule) })) }, {
    lineWidth: 0,
  });
}

function rule({ name, expr, forSeconds, severity, summary }: Alert) {
  return {
    alert: name,
    expr,
    ...(forSeconds > 0 && { for: promDuration(forSeconds) }),
    labels: { severity },
    annotations: { summary, runbook_url: `${RUNBOOK}#${name.toLowerCase()}` },
  };
}
