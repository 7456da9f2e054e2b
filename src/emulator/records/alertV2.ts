import { addSeconds, type Instant } from "../../instant.ts";
import type { Random } from "../random.ts";
import { makeEvidence } from "./evidence.ts";
import { array, type Member, object, scalar, scalars, texts, ticks, time } from "./json.ts";
import type { Recipe } from "./recipe.ts";

/** Products behind the alerts. Those after the first four are members that Graph hides from older clients. */
const SOURCES: readonly (readonly [serviceSource: string, detectionSource: string, product: string])[] = [
  ["microsoftDefenderForEndpoint", "antivirus", "Microsoft Defender for Endpoint"],
  ["microsoftDefenderForOffice365", "microsoftDefenderForOffice365", "Microsoft Defender for Office 365"],
  ["azureAdIdentityProtection", "azureAdIdentityProtection", "Microsoft Entra ID Protection"],
  ["microsoft365Defender", "customDetection", "Microsoft Defender XDR"],
  ["microsoftSentinel", "scheduledAlerts", "Microsoft Sentinel"],
  ["microsoftDefenderForCloud", "microsoftDefenderForServers", "Microsoft Defender for Cloud"],
];

/** A security.alert: 2 to 10 KB, one in 25 with evidence of more than 30 KB. */
export function makeAlertV2(recipe: Recipe): string {
  const { random, cast, n, at, room } = recipe;
  const [serviceSource = "", detectionSource = "", productName = ""] = SOURCES[n % SOURCES.length] ?? [];
  const updatedAt = ticks(at, random, room);
  const createdAt = addSeconds(updatedAt, -random.int(2, 240));
  const { id, providerAlertId } = alertId(random, n);
  const incidentId = String(28_000 + Math.floor(n / 4));
  const large = n % 25 === 7;
  const evidence = Array.from(
    { length: large ? 23 : 1 + n % 5 },
    (_, index) => makeEvidence(recipe, createdAt, large ? (index % 3 === 0 ? 1 : 2) : n + index),
  );
  return object([
    ...scalars({
      id,
      providerAlertId,
      incidentId,
      status: "new",
      severity: random.pick(["informational", "low", "medium", "high"]),
      classification: n % 3 === 0 ? null : "unknown",
      determination: n % 3 === 0 ? null : "unknown",
      serviceSource,
      detectionSource,
      productName,
      detectorId: random.guid(),
      tenantId: cast.tenantId,
      title: `Unusual file on ${1 + n % 5} endpoint(s) – “${random.pick(cast.groups).name}”`,
      description: "A file ran that had not been seen in this organisation.\nIt may be wanted.",
    }),
    ["recommendedActions", recommendedActions(large)],
    ...scalars({
      category: random.pick(["DefenseEvasion", "InitialAccess", "Execution", "None"]),
      assignedTo: null,
      alertWebUrl: `https://security.microsoft.com/alerts/${id}?tid=${cast.tenantId}`,
      incidentWebUrl: `https://security.microsoft.com/incident2/${incidentId}/overview?tid=${cast.tenantId}`,
      actorDisplayName: null,
      threatDisplayName: n % 4 === 0 ? "" : null,
      threatFamilyName: null,
    }),
    ["mitreTechniques", texts(n % 2 === 0 ? ["T1564.001", "T1059"] : [])],
    ["createdDateTime", time(createdAt)],
    ["lastUpdateDateTime", time(updatedAt)],
    ["resolvedDateTime", "null"],
    ["firstActivityDateTime", time(activityTime(createdAt, 600 + n, n))],
    ["lastActivityDateTime", time(activityTime(createdAt, 30, n))],
    ["systemTags", n % 6 === 0 ? '["Defender Experts"]' : "[]"],
    ["alertPolicyId", "null"],
    ...(n % 2 === 0 ? [["investigationState", '"unsupportedAlertType"'] satisfies Member] : []),
    ["comments", comments(n, createdAt)],
    ["evidence", array(evidence)],
    ["additionalData", additionalData(random, n)],
    ["customDetails", "{}"],
  ]);
}

/** The new form of Defender ids, the old one that may be negative, that of custom detections, and Sentinel's. */
function alertId(random: Random, n: number): { id: string; providerAlertId: string } {
  const old = `da${random.digits(18)}_-961444813`;
  switch (n % 4) {
    case 0: {
      const providerAlertId = `${random.guid()}_1`;
      return { id: `da${providerAlertId}`, providerAlertId };
    }
    case 1:
      return n === 1
        ? { id: old, providerAlertId: old }
        : unsigned(`da${random.digits(18)}_${random.digits(9)}`);
    case 2:
      return unsigned(`ed${random.digits(18)}_-${random.digits(10)}`);
    default:
      return unsigned(`sn${random.guid()}`);
  }
}

function unsigned(id: string): { id: string; providerAlertId: string } {
  return { id, providerAlertId: id };
}

/** No fraction, or three, six or seven digits. */
function activityTime(createdAt: Instant, before: number, n: number): Instant {
  const at = addSeconds(createdAt, -before);
  const grain = [1e9, 1e6, 1e3, 100][n % 4] ?? 100;
  return { seconds: at.seconds, nanos: Math.floor(at.nanos / grain) * grain };
}

/** Slashes escaped, no-break spaces raw and escaped, line ends and tabs. */
function recommendedActions(long: boolean): string {
  const steps = [
    "Collect what is there and find out how far it reaches\\n\\u2022\\tReview the timeline of the device",
    "\\u00a0Look for the same file elsewhere (IPs\\/URLs, hashes)",
    "Contact the user\u00a0first; see https:\\/\\/learn.example\\/triage?x=1&y=<2>",
    "Isolate the device if in doubt\\r\\n",
  ];
  return `"${Array.from({ length: long ? 8 : 1 }, () => steps.join("\\n")).join("\\n")}"`;
}

function comments(n: number, createdAt: Instant): string {
  return array(
    Array.from({ length: n % 7 === 3 ? 3 : 0 }, (_, index) =>
      object([
        ...scalars({ comment: `Looked at it: \\ "fine" ${index}`, createdByDisplayName: "API Action" }),
        ["createdDateTime", time(createdAt)],
      ])),
  );
}

/** An open object: names and values are the detector's own. */
function additionalData(random: Random, n: number): string {
  if (n % 3 !== 0) return "{}";
  return object([
    ["SequenceNumber", "12345678901234567890"],
    ["Confidence", "1.0"],
    ["Ratio", `0.${random.digits(16)}1`],
    ["OriginSchemaVersion", scalar("3.0")],
    ["Threshold", "-0.0"],
    ["10", '"ten"'],
    ["2", '"two"'],
  ]);
}
