import type { Plugin } from "../src/plugin/plugin.ts";
import alerts from "./alerts.ts";
import alertsV2 from "./alertsV2.ts";
import applications from "./applications.ts";
import unifiedAudit from "./audit/all.ts";
import unifiedAuditExchange from "./audit/exchange.ts";
import unifiedAuditPurview from "./audit/purview.ts";
import unifiedAuditSharePoint from "./audit/sharepoint.ts";
import unifiedAuditTeams from "./audit/teams.ts";
import authenticationRegistrations from "./authenticationRegistrations.ts";
import conditionalAccessPolicies from "./conditionalAccessPolicies.ts";
import customSecurityAttributeAudits from "./customSecurityAttributeAudits.ts";
import directoryAudits from "./directoryAudits.ts";
import directoryRoles from "./directoryRoles.ts";
import aadSignInEventsBeta from "./hunting/aadSignInEventsBeta.ts";
import alertEvidence from "./hunting/alertEvidence.ts";
import alertInfo from "./hunting/alertInfo.ts";
import cloudAppEvents from "./hunting/cloudAppEvents.ts";
import deviceEvents from "./hunting/deviceEvents.ts";
import deviceFileEvents from "./hunting/deviceFileEvents.ts";
import deviceLogonEvents from "./hunting/deviceLogonEvents.ts";
import deviceNetworkEvents from "./hunting/deviceNetworkEvents.ts";
import deviceProcessEvents from "./hunting/deviceProcessEvents.ts";
import deviceRegistryEvents from "./hunting/deviceRegistryEvents.ts";
import emailAttachmentInfo from "./hunting/emailAttachmentInfo.ts";
import emailEvents from "./hunting/emailEvents.ts";
import emailPostDeliveryEvents from "./hunting/emailPostDeliveryEvents.ts";
import emailUrlInfo from "./hunting/emailUrlInfo.ts";
import identityDirectoryEvents from "./hunting/identityDirectoryEvents.ts";
import identityLogonEvents from "./hunting/identityLogonEvents.ts";
import identityQueryEvents from "./hunting/identityQueryEvents.ts";
import urlClickEvents from "./hunting/urlClickEvents.ts";
import incidents from "./incidents.ts";
import intuneAuditEvents from "./intuneAuditEvents.ts";
import namedLocations from "./namedLocations.ts";
import provisioningAudits from "./provisioningAudits.ts";
import riskDetections from "./riskDetections.ts";
import riskyServicePrincipals from "./riskyServicePrincipals.ts";
import riskyUsers from "./riskyUsers.ts";
import roleAssignments from "./roleAssignments.ts";
import secureScoreControlProfiles from "./secureScoreControlProfiles.ts";
import secureScores from "./secureScores.ts";
import serviceHealthIssues from "./serviceHealthIssues.ts";
import serviceMessages from "./serviceMessages.ts";
import servicePrincipalRiskDetections from "./servicePrincipalRiskDetections.ts";
import signIns from "./signIns.ts";
import signInSummaries from "./summaries/users.ts";
import signInSummariesManagedIdentities from "./summaries/managedIdentities.ts";
import signInSummariesServicePrincipals from "./summaries/servicePrincipals.ts";
import signInsV2 from "./signInsV2.ts";

/** Every service graphtap brings along, in the order in which they are listed and polled. */
export const plugins: readonly Plugin[] = [
  signIns,
  signInsV2,
  directoryAudits,
  provisioningAudits,
  alertsV2,
  alerts,
  secureScores,
  secureScoreControlProfiles,
  incidents,
  riskDetections,
  servicePrincipalRiskDetections,
  riskyUsers,
  riskyServicePrincipals,
  intuneAuditEvents,
  customSecurityAttributeAudits,
  serviceHealthIssues,
  serviceMessages,
  authenticationRegistrations,
  conditionalAccessPolicies,
  namedLocations,
  directoryRoles,
  roleAssignments,
  applications,
  signInSummaries,
  signInSummariesServicePrincipals,
  signInSummariesManagedIdentities,
  unifiedAudit,
  unifiedAuditExchange,
  unifiedAuditSharePoint,
  unifiedAuditTeams,
  unifiedAuditPurview,
  alertInfo,
  alertEvidence,
  emailEvents,
  emailAttachmentInfo,
  emailUrlInfo,
  emailPostDeliveryEvents,
  urlClickEvents,
  deviceEvents,
  deviceFileEvents,
  deviceLogonEvents,
  deviceNetworkEvents,
  deviceProcessEvents,
  deviceRegistryEvents,
  identityDirectoryEvents,
  identityLogonEvents,
  identityQueryEvents,
  cloudAppEvents,
  aadSignInEventsBeta,
];
