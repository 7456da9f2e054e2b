import { definePlugin, type Plugin } from "../../src/plugin/plugin.ts";

/** A table of advanced hunting. */
export interface HuntingTable extends Pick<Plugin, "service" | "licence"> {
  /** What its rows are, in a few words. */
  readonly rows: string;
  readonly table: string;
}

/** What all tables have in common: 100,000 rows of the last 30 days (security-security-runhuntingquery). */
export function huntingPlugin({ service, rows, table, licence }: HuntingTable): Plugin {
  return definePlugin({
    service,
    title: `Microsoft Defender advanced hunting: ${rows}`,
    docs: `https://learn.microsoft.com/defender-xdr/advanced-hunting-${table.toLowerCase()}-table`,
    path: "/v1.0/security/runHuntingQuery",
    permissions: ["ThreatHunting.Read.All"],
    licence,
    cursor: { kind: "query", table, field: "Timestamp", retentionDays: 30 },
    page: { size: 100_000 },
    quota: "hunting",
    tag: `my.app.msgraph.${service}`,
  });
}
