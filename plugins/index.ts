import type { Plugin } from "../src/plugin/plugin.ts";
import alerts from "./alerts.ts";
import alertsV2 from "./alertsV2.ts";
import applications from "./applications.ts";
import authenticationRegistrations from "./authenticationRegistrations.ts";
import conditionalAccessPolicies from "./conditionalAccessPolicies.ts";
import customSecurityAttributeAudits from "./customSecurityAttributeAudits.ts";
import directoryAudits from "./directoryAudits.ts";
import directoryRoles from "./directoryRoles.ts";
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
import signInSummaries from "./signInSummaries.ts";
import signInSummariesManagedIdentities from "./signInSummariesManagedIdentities.ts";
import signInSummariesServicePrincipals from "./signInSummariesServicePrincipals.ts";
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
];
