import { definePlugin } from "../src/plugin/plugin.ts";

// lastUpdatedDateTime is when the report was made and says nothing of the user, so all of them change daily. The page allows
// $filter and $orderby alone, and names no size.
export default definePlugin({
  service: "authentication_registrations",
  title: "Microsoft Entra authentication methods that users registered",
  docs: "https://learn.microsoft.com/graph/api/authenticationmethodsroot-list-userregistrationdetails",
  path: "/v1.0/reports/authenticationMethods/userRegistrationDetails",
  permissions: ["AuditLog.Read.All"],
  licence: "Microsoft Entra ID P1 or P2",
  cursor: { kind: "snapshot", ignore: ["lastUpdatedDateTime"] },
  page: { size: 1000, by: "none" },
  quota: "reports",
  tag: "my.app.graph.authentication_registrations",
  filters: [
    {
      type: "boolean",
      operators: ["eq"],
      properties: [
        "isMfaCapable",
        "isMfaRegistered",
        "isPasswordlessCapable",
        "isSsprCapable",
        "isSsprEnabled",
        "isSsprRegistered",
        "isSystemPreferredAuthenticationMethodEnabled",
      ],
    },
    { operators: ["eq", "startswith"], properties: ["userDisplayName", "userPrincipalName"] },
    {
      type: "strings",
      operators: ["eq"],
      properties: ["methodsRegistered", "systemPreferredAuthenticationMethods"],
    },
  ],
  example: {
    userPrincipalName: "hana@contoso.example",
    userDisplayName: "Hana Hoshino",
    userType: "member",
    isAdmin: true,
    isMfaCapable: true,
    isMfaRegistered: true,
    isPasswordlessCapable: false,
    methodsRegistered: ["microsoftAuthenticatorPush"],
    lastUpdatedDateTime: "2026-01-31T12:00:00.6195833Z",
  },
});
