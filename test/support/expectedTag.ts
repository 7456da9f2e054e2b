import { plugins } from "../../plugins/index.ts";
import type { Plugin } from "../../src/plugin/plugin.ts";

/** The documented tags (generation 2), written down a second time so that the program's own tables are no judge. */
const FIXED: Readonly<Record<string, string>> = {
  signIns: "cloud.azure.ad.signin.2.msgraph",
  directory_audits: "cloud.azure.ad.audit.2.msgraph",
  provisioning_audits: "cloud.azure.ad.provisioning.2.msgraph",
  alerts_v2: "cloud.msgraph.security.alerts_v2.2",
  secure_scores: "cloud.office365.security.scores.2.msgraph",
  secure_score_control_profiles: "cloud.office365.security.scorecontrol.2.msgraph",
};

const BY_EVENT_TYPE: Readonly<Record<string, string>> = {
  interactiveUser: "interactive_user",
  nonInteractiveUser: "noninteractive_user",
  managedIdentity: "managed_identity",
  servicePrincipal: "service_principal",
};

const BY_PROVIDER: Readonly<Record<string, string>> = {
  "ipc": "cloud.azure.ad.alerts.2.msgraph",
  "mcas": "cloud.office365.cloud_apps.alerts.2.msgraph",
  "microsoft defender atp": "cloud.office365.endpoint.alerts.2.msgraph",
  "microsoft 365 defender": "cloud.office365.endpoint.alerts.2.msgraph",
  "office 365 security and compliance": "cloud.office365.security.alerts.2.msgraph",
  "azure sentinel": "cloud.azure.sentinel.alerts.2.msgraph",
  "asc": "cloud.office365.identity.alerts.2.msgraph",
  "azure advanced threat protection": "cloud.azure.securitycenter.alerts.2.msgraph",
};

/** The tag that a record of a service must leave with; where no document lists it, its plugin decides. */
export function expectedTag(service: string, record: string): string {
  const members = JSON.parse(record) as {
    signInEventTypes?: string[];
    vendorInformation?: { provider?: string };
  };
  if (service === "signIns_v2") {
    const known = members.signInEventTypes?.find((type) => type in BY_EVENT_TYPE) ?? "";
    return `cloud.azure.ad.${BY_EVENT_TYPE[known] ?? "unknown_future_value"}_signin.2.msgraph`;
  }
  if (service === "alerts") {
    const provider = members.vendorInformation?.provider?.toLowerCase() ?? "";
    return BY_PROVIDER[provider] ?? "cloud.msgraph.security.alerts.2";
  }
  const plugin = plugins.find((candidate) => candidate.service === service);
  return FIXED[service] ??
    (plugin === undefined ? `no tag is known for "${service}"` : tagOf(plugin, members));
}

/** The tag of a parsed record by the words of its plugin, in generation 2. */
export function tagOf({ tag }: Plugin, record: unknown): string {
  if (typeof tag === "string") return tag.replace("{generation}", "2");
  const found = tag.field.split("/").reduce<unknown>(
    (value, name) => (value as Record<string, unknown> | null | undefined)?.[name],
    record,
  );
  const fold = (value: unknown) => tag.ignoreCase ? String(value).toLowerCase() : String(value);
  const rows = Object.entries(tag.tags);
  const row = [found].flat().flatMap((value) => rows.filter(([known]) => fold(known) === fold(value)))[0];
  return (row?.[1] ?? tag.otherwise).replace("{generation}", "2");
}
