import { metrics } from "../../src/telemetry/metrics.ts";

const HEAD = `# The metrics

\`graphtap serve\` answers them at \`/metrics\`: in Prometheus' text format, or as OpenMetrics 1.0 for who asks for it.
Counters begin at 0 with the process, and most of them again when the configuration has changed: \`rate\` and \`increase\`
know that. \`input\` and \`service\` name a stream as the configuration does, \`code\` is one of the
[error codes](README.md#errors), \`status\` the class of a status such as \`2xx\`, or \`none\`. \`budget\` is one of Microsoft's (\`graphtap services\` has them), or \`service\`, \`input\`
or \`all\` for limits of the configuration; \`priority\` is \`live\`, \`reread\` or \`backfill\`. No label holds anything of a
record.

What to alert on: \`graphtap alerts\`, with the [runbook](RUNBOOK.md).

`;

/** `src/METRICS.md`, from the table. */
export function metricsDocument(): string {
  const rows = Object.entries(metrics).map(([name, { type, labels, help }]) =>
    `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(", ")} | ${help} |\n`
  );
  return `${HEAD}| name | type | labels | what |\n|---|---|---|---|\n${rows.join("")}`;
}
