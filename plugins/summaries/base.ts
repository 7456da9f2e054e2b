import { definePlugin, type Plugin } from "../../src/plugin/plugin.ts";

/** One of the reports that count sign-ins. */
export interface SummaryReport extends Pick<Plugin, "service"> {
  /** Whose sign-ins it counts. */
  readonly of: string;
  /** Its function, as Graph writes it. */
  readonly report: string;
  /** The last level of its tag. */
  readonly tagged: string;
  /** What it says of the user in a record. @default "" */
  readonly user?: string;
}

/**
 * Sign-ins without a user's hand, counted by user, application and address for each day. Of the reports by application
 * (applicationSignInDetailedSummary) an application may read none. No time can be filtered by, and the count of a day grows:
 * its record leaves again then.
 */
export function summaryPlugin({ service, of, report, tagged, user = "" }: SummaryReport): Plugin {
  return definePlugin({
    service,
    title: `Microsoft Entra sign-in summaries (${of})`,
    docs: `https://learn.microsoft.com/graph/api/auditlogroot-${report.toLowerCase()}?view=graph-rest-beta`,
    path: `/beta/auditLogs/${report}(aggregationWindow='d1')`,
    permissions: ["AuditLog.Read.All"],
    licence: "Microsoft Entra ID P1 or P2",
    cursor: { kind: "snapshot" },
    page: { size: 1000 },
    quota: "reports",
    tag: `my.app.graph.${tagged}`,
    notice:
      `${service} reads its whole report each time, by the request budget of sign-ins: give it a long period`,
    filters: [
      {
        operators: ["eq"],
        properties: [
          "id",
          "appId",
          "appDisplayName",
          "conditionalAccessStatus",
          "resourceDisplayName",
          "resourceId",
          "servicePrincipalId",
          "tenantId",
          "userPrincipalName",
        ],
      },
      { operators: ["eq", "startswith"], properties: ["ipAddress", "servicePrincipalName"] },
      { type: "number", operators: ["eq"], properties: ["status/errorCode"] },
    ],
    example: {
      signInCount: 15,
      aggregationDateTime: "2026-01-31T12:00:00Z",
      firstSignInDateTime: "2026-01-31T12:00:00Z",
      userPrincipalName: user,
      appId: "c44b4083-3bb0-49c1-b47d-974e53cbdf3c",
      appDisplayName: "Azure Portal",
      ipAddress: "192.0.2.45",
      conditionalAccessStatus: "success",
      resourceDisplayName: "Microsoft Graph",
      status: { errorCode: 0, failureReason: null, additionalDetails: null },
    },
  });
}
