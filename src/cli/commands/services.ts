import type { ExitCode } from "../../errors.ts";
import { budgetNames, BUDGETS } from "../../graph/budgets.ts";
import type { Plugin, QuotaName } from "../../plugin/plugin.ts";
import type { Given } from "../options.ts";
import { knownServices } from "../../wiring/knownServices.ts";
import type { Runtime } from "../../wiring/runtime.ts";

/** `graphtap services`: what can be pulled. */
export async function run(given: Given, runtime: Runtime): Promise<ExitCode> {
  const plugins = (await knownServices(given.all("config"), runtime)).registry.services();
  const text = given.has("json")
    ? `${JSON.stringify(plugins, null, 2)}\n`
    : plugins.map(paragraph).join("\n");
  await runtime.writeStdout(new TextEncoder().encode(text));
  return 0;
}

function paragraph(plugin: Plugin): string {
  const { cursor, quota, tag } = plugin;
  const names = [...plugin.aliases ?? [], ...(plugin.variants ?? []).map(({ name }) => name)];
  const rows: [string, string][] = [
    ["path", plugin.path],
    ["permissions", plugin.permissions.join(", ")],
    ["licence", plugin.licence ?? "none"],
    ["cursor", cursor.field === undefined ? cursor.kind : `${cursor.kind} on ${cursor.field}`],
    [
      "retention",
      cursor.kind === "snapshot" ? "the whole collection is read" : `${cursor.retentionDays} days`,
    ],
    [
      "quota",
      [...budgetNames(quota), ...(cursor.kind === "job" ? [cursor.jobQuota] : [])].map(budget).join("; "),
    ],
    ["tag", typeof tag === "string" ? tag : `by ${tag.field}:`],
    ...(typeof tag === "string" ? [] : tagRows(tag.tags, tag.otherwise)),
    ...(names.length === 0 ? [] : [["also called", names.join(", ")] satisfies [string, string]]),
    ["documentation", plugin.docs],
  ];
  return `${plugin.service}: ${plugin.title}\n${
    rows.map(([name, value]) => `  ${name.padEnd(15)}${value}\n`).join("")
  }`;
}

function budget(name: QuotaName): string {
  const { requests, seconds, concurrent } = BUDGETS[name];
  const together = concurrent === undefined ? "" : `, ${concurrent} at once,`;
  return `${name}: ${requests} requests in ${seconds} s${together} are used`;
}

function tagRows(tags: Readonly<Record<string, string>>, otherwise: string): [string, string][] {
  return [...Object.entries(tags), ["any other", otherwise] as const].map((
    [value, tag],
  ) => ["", `${value}: ${tag}`]);
}
