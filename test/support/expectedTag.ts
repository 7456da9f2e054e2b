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

/** The tag that a record of a service must leave with. */
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
  return FIXED[service] ?? `no tag is known for "${service}"`;
}
