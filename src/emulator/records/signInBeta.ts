import { Buffer } from "node:buffer";
import { floorSecond, formatInstant } from "../../instant.ts";
import { array, type Member, object, scalar, scalars, texts } from "./json.ts";
import type { Recipe } from "./recipe.ts";
import { memberOf, type SignInKind, v1Members } from "./signIn.ts";

/** The 47 to 58 members that beta shows, some of them twice. */
export function betaSignIn(recipe: Recipe, kind: SignInKind): string {
  const { n, cast, random } = recipe;
  const isUser = kind === "interactiveUser" || kind === "nonInteractiveUser";
  const v1 = v1Members(recipe, kind);
  const id = JSON.parse(memberOf(v1, "id")) as string;
  const local = random.fork(`${n}/beta`);
  // The set of members differs from record to record: by date, and by what took part.
  const optional: Member[] = n % 4 === 1 || n % 5 === 4 ? [] : [
    ["authenticationContextClassReferences", n % 7 === 0 ? '[{"id":"c1","details":"required"}]' : "[]"],
    ["azureResourceId", kind === "managedIdentity" ? `"\\/subscriptions\\/${local.guid()}"` : '""'],
    ["federatedCredentialId", n % 3 === 0 ? "null" : '""'],
    [
      "sessionLifetimePolicies",
      n % 6 === 0
        ? '[{"detail":"Remember MFA","expirationRequirement":"rememberMultifactorAuthenticationOnTrustedDevices"}]'
        : "[]",
    ],
    ["homeTenantName", '""'],
  ];
  const more: Member[] = n % 4 !== 1 ? [] : [
    ["servicePrincipalName", isUser ? "null" : scalar(random.pick(cast.apps).name)],
    ["clientCredentialType", scalar(isUser ? "none" : "clientSecret")],
    ["resourceServicePrincipalId", scalar(local.guid())],
    ["servicePrincipalCredentialKeyId", isUser ? "null" : scalar(local.guid())],
    ["servicePrincipalCredentialThumbprint", '""'],
    ["ipAddressFromResourceProvider", "null"],
    ["signInIdentifierType", "null"],
    ["privateLinkDetails", '{"policyId":"","policyName":"","resourceId":"","policyTenantId":""}'],
  ];
  return object([
    ...v1.filter(([key]) => key !== "riskEventTypes" && !AT_END.includes(key)),
    ["authenticationProtocol", scalar(random.pick(["oAuth2", "none", "saml20"]))],
    ["incomingTokenType", scalar(random.pick(["none", "primaryRefreshToken", "refreshToken"]))],
    ["userAgent", scalar(isUser ? AGENTS[n % AGENTS.length] ?? "" : "")],
    ["originalRequestId", scalar(n % 3 === 0 ? id : "")],
    ["homeTenantId", scalar(n % 3 === 0 ? local.guid() : cast.tenantId)],
    ["isTenantRestricted", "false"],
    ["tokenIssuerName", '""'],
    ["tokenIssuerType", '"AzureAD"'],
    ["processingTimeInMilliseconds", scalar(random.int(40, 900))],
    ...(n % 9 === 0 ? [["riskLevelDuringsignIn", '"none"'] satisfies Member] : []),
    ["uniqueTokenIdentifier", scalar(Buffer.from(id).toString("base64").replace(/=+$/, ""))],
    ["resourceTenantId", scalar(cast.tenantId)],
    // As in one of Microsoft's own examples: the same name again, with another value.
    ...(n % 3 === 0 ? [["homeTenantId", scalar(cast.tenantId)] satisfies Member] : []),
    ["authenticationMethodsUsed", "[]"],
    [
      "authenticationRequirement",
      scalar(isUser && n % 2 === 0 ? "multiFactorAuthentication" : "singleFactorAuthentication"),
    ],
    ["signInIdentifier", isUser ? memberOf(v1, "userPrincipalName") : '""'],
    ["signInEventTypes", texts([kind])],
    ["servicePrincipalId", scalar(isUser ? "" : local.guid())],
    ["userType", scalar(n % 11 === 0 ? "guest" : "member")],
    ["flaggedForReview", scalar(n % 17 === 0)],
    ["autonomousSystemNumber", scalar(random.pick([64496, 64500, 64511]))],
    ["crossTenantAccessType", scalar(n % 11 === 0 ? "b2bCollaboration" : "none")],
    ...optional,
    ...more,
    ...AT_END.map((key): Member => [key, memberOf(v1, key)]),
    ["authenticationProcessingDetails", processingDetails(n, kind)],
    [
      "networkLocationDetails",
      n % 4 === 0 ? '[{"networkType":"namedNetwork","networkNames":["Siège"]}]' : "[]",
    ],
    ["authenticationDetails", array(isUser ? [authenticationStep(recipe)] : [])],
    ["authenticationRequirementPolicies", "[]"],
  ]);
}

const AT_END = ["status", "deviceDetail", "location", "appliedConditionalAccessPolicies"];

const AGENTS = [
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0",
  "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
  "",
];

/** JSON as text within JSON. */
function processingDetails(n: number, kind: SignInKind): string {
  const details = [object(scalars({ key: "Root Key Type", value: "Unknown" }))];
  if (kind !== "managedIdentity") {
    const value = JSON.stringify({ scopes: ["User.Read", "openid"], round: n, note: 'said "ok"' });
    details.push(object(scalars({ key: "Oauth Scope Info", value })));
  }
  return array(details);
}

/** The time of a step has no fraction, seven digits, or eight and nine, which no other field has. */
function authenticationStep({ n, at }: Recipe): string {
  const whole = formatInstant(floorSecond(at)).slice(0, -1);
  const fraction = ["", ".1234567", ".12345678", "", ".123456789"][n % 5];
  return object([
    ["authenticationStepDateTime", scalar(`${whole}${fraction}Z`)],
    ...scalars({
      authenticationMethod: n % 2 === 0 ? "Password" : "Previously satisfied",
      authenticationMethodDetail: n % 2 === 0 ? "Password in the cloud" : null,
      succeeded: n % 6 !== 5,
      authenticationStepResultDetail: "First factor requirement satisfied by claim in the token",
      authenticationStepRequirement: n % 2 === 0 ? "Primary authentication" : "",
    }),
  ]);
}
