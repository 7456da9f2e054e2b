import { object, scalar, scalars, texts, ticks, time } from "./json.ts";
import type { Recipe } from "./recipe.ts";

/** Workload, type of record and operation, as they go together. */
const KINDS = [
  ["Exchange", "exchangeAdmin", "Set-Mailbox"],
  ["Exchange", "exchangeItem", "MailItemsAccessed"],
  ["SharePoint", "sharePointFileOperation", "FileAccessed"],
  ["OneDrive", "sharePointSharingOperation", "SharingSet"],
  ["MicrosoftTeams", "microsoftTeams", "MessageSent"],
  ["SecurityComplianceCenter", "complianceDLPExchange", "DlpRuleMatch"],
  ["AzureActiveDirectory", "azureActiveDirectory", "Add member to group."],
  ["CopilotStudio", "unknownFutureValue", "BotCreate"],
] as const;

/** A record of the unified audit log (security-auditlogrecord). `auditData` differs from workload to workload. */
export function makeAuditRecord({ random, cast, n, at, room }: Recipe): string {
  const [service, type, operation] = KINDS[n % KINDS.length]!;
  const person = random.pick(cast.people);
  return object([
    ["@odata.type", scalar("#microsoft.graph.security.auditLogRecord")],
    ["id", scalar(random.guid())],
    ["createdDateTime", time(ticks(at, random, room))],
    ...scalars({
      auditLogRecordType: type,
      operation,
      organizationId: cast.tenantId,
      userType: "Regular",
      userId: person.upn,
      service,
      objectId: n % 5 === 4 ? null : `https://contoso.example/sites/${n}/Überblick – “final”.docx`,
      userPrincipalName: person.upn,
      clientIp: person.address,
    }),
    ["administrativeUnits", texts(n % 3 === 0 ? [""] : [])],
    // Neither number survives being parsed and written again.
    [
      "auditData",
      `{"@odata.type":"#microsoft.graph.security.defaultAuditData","Version":1.0,"Size":12345678901234567890,"No":${n}}`,
    ],
  ]);
}
