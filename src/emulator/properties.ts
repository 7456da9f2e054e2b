/**
 * What a filter may name, per collection, with the operators that Microsoft's resource pages list for it.
 * Anything else is an invalid filter clause.
 */

/** How a property is compared. `strings` and `objects` are arrays, reached by `any`. */
export type PropertyType = "string" | "number" | "boolean" | "instant" | "strings" | "objects";

/** Operators and functions that a filter can use. */
export type Operator = "eq" | "ne" | "ge" | "le" | "gt" | "lt" | "startswith" | "contains";

/** One filterable property. */
export interface Property {
  readonly type: PropertyType;
  readonly operators: readonly Operator[];
  /** Properties of the elements, when `type` is `objects`. */
  readonly elements?: PropertyTable;
}

/** Filterable properties by path, nested ones with `/`. */
export type PropertyTable = Readonly<Record<string, Property>>;

const EQ: readonly Operator[] = ["eq"];
const EQ_NE: readonly Operator[] = ["eq", "ne"];
const PREFIX: readonly Operator[] = ["eq", "startswith"];
const BOUNDS: readonly Operator[] = ["eq", "ge", "le"];
// provisioningobjectsummary-list names these four, and neither ge nor le.
const PROVISIONING: readonly Operator[] = ["eq", "contains", "gt", "lt"];
const ORDERED: readonly Operator[] = ["eq", "ne", "ge", "le", "gt", "lt"];
const ANY_TEXT: readonly Operator[] = ["eq", "ne", "startswith", "contains"];

/** signIn, v1.0. */
export const signInProperties: PropertyTable = {
  createdDateTime: { type: "instant", operators: BOUNDS },
  ...strings(EQ, [
    "id",
    "appId",
    "clientAppUsed",
    "conditionalAccessStatus",
    "correlationId",
    "resourceDisplayName",
    "resourceId",
    "riskDetail",
    "riskLevelAggregated",
    "riskLevelDuringSignIn",
    "riskState",
    "userId",
  ]),
  ...strings(PREFIX, [
    "appDisplayName",
    "ipAddress",
    "userDisplayName",
    "userPrincipalName",
    "deviceDetail/browser",
    "deviceDetail/operatingSystem",
    "location/city",
    "location/state",
    "location/countryOrRegion",
  ]),
  // The page lists eq; "ne 0" is what the predecessor's documentation recommends, and it works.
  "status/errorCode": { type: "number", operators: EQ_NE },
  isInteractive: { type: "boolean", operators: EQ },
  riskEventTypes_v2: { type: "strings", operators: PREFIX },
};

/** signIn, beta. */
export const signInBetaProperties: PropertyTable = {
  ...signInProperties,
  signInEventTypes: { type: "strings", operators: EQ_NE },
  ...strings(PREFIX, [
    "authenticationRequirement",
    "servicePrincipalId",
    "servicePrincipalName",
    "userAgent",
  ]),
  ...strings(EQ, ["crossTenantAccessType", "homeTenantId", "originalRequestId", "resourceTenantId"]),
  flaggedForReview: { type: "boolean", operators: EQ },
};

/** directoryAudit. */
export const directoryAuditProperties: PropertyTable = {
  activityDateTime: { type: "instant", operators: BOUNDS },
  activityDisplayName: { type: "string", operators: PREFIX },
  ...strings(EQ, [
    "id",
    "correlationId",
    "loggedByService",
    "initiatedBy/user/id",
    "initiatedBy/user/displayName",
    "initiatedBy/app/appId",
    "initiatedBy/app/displayName",
  ]),
  "initiatedBy/user/userPrincipalName": { type: "string", operators: PREFIX },
  targetResources: { type: "objects", operators: EQ, elements: strings(PREFIX, ["id", "displayName"]) },
};

/** provisioningObjectSummary. */
export const provisioningProperties: PropertyTable = {
  activityDateTime: { type: "instant", operators: PROVISIONING },
  durationInMilliseconds: { type: "number", operators: PROVISIONING },
  ...strings(PROVISIONING, [
    "id",
    "tenantId",
    "jobId",
    "cycleId",
    "changeId",
    "provisioningAction",
    "provisioningStatusInfo/status",
    "servicePrincipal/id",
    "servicePrincipal/displayName",
    "initiatedBy/displayName",
    "sourceIdentity/id",
    "sourceIdentity/displayName",
    "sourceSystem/displayName",
    "targetIdentity/id",
    "targetIdentity/displayName",
    "targetSystem/displayName",
  ]),
};

/** alert, the legacy one. Its page says of most properties that they support $filter, and names no operators. */
export const alertProperties: PropertyTable = {
  ...instants(["createdDateTime", "eventDateTime", "lastModifiedDateTime", "closedDateTime"]),
  confidence: { type: "number", operators: ORDERED },
  ...strings(ANY_TEXT, [
    "id",
    "assignedTo",
    "azureSubscriptionId",
    "azureTenantId",
    "category",
    "severity",
    "status",
    "title",
    "vendorInformation/provider",
    "vendorInformation/subProvider",
    "vendorInformation/vendor",
  ]),
  hostStates: { type: "objects", operators: EQ, elements: strings(ANY_TEXT, ["fqdn", "netBiosName"]) },
  userStates: {
    type: "objects",
    operators: EQ,
    elements: strings(ANY_TEXT, ["aadUserId", "userPrincipalName"]),
  },
};

/** security.alert: the eight that the list page names, and no others (investigationState was tried: 400). */
export const alertV2Properties: PropertyTable = {
  ...instants(["createdDateTime", "lastUpdateDateTime"]),
  ...strings(EQ_NE, ["assignedTo", "classification", "determination", "serviceSource", "severity", "status"]),
};

/** secureScore. */
export const secureScoreProperties: PropertyTable = {
  ...instants(["createdDateTime"]),
  ...strings(ANY_TEXT, ["id", "azureTenantId", "vendorInformation/provider", "vendorInformation/vendor"]),
  activeUserCount: { type: "number", operators: ORDERED },
  currentScore: { type: "number", operators: ORDERED },
  licensedUserCount: { type: "number", operators: ORDERED },
  maxScore: { type: "number", operators: ORDERED },
};

/** secureScoreControlProfile. */
export const controlProfileProperties: PropertyTable = {
  ...strings(ANY_TEXT, [
    "id",
    "actionType",
    "azureTenantId",
    "controlCategory",
    "implementationCost",
    "service",
    "tier",
    "title",
    "userImpact",
    "vendorInformation/provider",
  ]),
  deprecated: { type: "boolean", operators: EQ_NE },
  maxScore: { type: "number", operators: ORDERED },
  rank: { type: "number", operators: ORDERED },
};

function strings(operators: readonly Operator[], paths: readonly string[]): PropertyTable {
  return Object.fromEntries(paths.map((path) => [path, { type: "string", operators } satisfies Property]));
}

function instants(paths: readonly string[]): PropertyTable {
  return Object.fromEntries(
    paths.map((path) => [path, { type: "instant", operators: ORDERED } satisfies Property]),
  );
}
