import { describe, expect, it } from "vitest";
import { bench, filtered, NOON } from "../setup.ts";

const SIGN_INS = "/v1.0/auditLogs/signIns";
const BETA = "/beta/auditLogs/signIns";
const AUDITS = "/v1.0/auditLogs/directoryAudits";
const PROVISIONING = "/v1.0/auditLogs/provisioning";
const ALERTS = "/v1.0/security/alerts";
const ALERTS_V2 = "/v1.0/security/alerts_v2";
const SCORES = "/v1.0/security/secureScores";
const PROFILES = "/v1.0/security/secureScoreControlProfiles";

const SINCE = "2026-11-01T00:00:00Z";
const old = new Date(NOON - 91 * 86_400_000).toISOString().slice(0, 19) + "Z";

describe("a query that Graph refuses", () => {
  it.each([
    ["a quoted date", filtered(SIGN_INS, `createdDateTime ge '${SINCE}'`)],
    ["a date more than 90 days back", filtered(SIGN_INS, `createdDateTime ge ${old}`)],
    ["a date more than 90 days back, of an audit", filtered(AUDITS, `activityDateTime ge ${old}`)],
    ["eight fraction digits", filtered(SIGN_INS, "createdDateTime ge 2026-11-01T00:00:00.12345678Z")],
    ["gt on sign-ins", filtered(SIGN_INS, `createdDateTime gt ${SINCE}`)],
    ["lt on sign-ins", filtered(SIGN_INS, `createdDateTime lt ${SINCE}`)],
    ["gt on audits", filtered(AUDITS, `activityDateTime gt ${SINCE}`)],
    ["ge on provisioning", filtered(PROVISIONING, `activityDateTime ge ${SINCE}`)],
    ["le on provisioning", filtered(PROVISIONING, `activityDateTime le ${SINCE}`)],
    ["an unknown property", filtered(SIGN_INS, "colour eq 'red'")],
    ["another collection's time", filtered(AUDITS, `createdDateTime ge ${SINCE}`)],
    ["event types on v1.0", filtered(SIGN_INS, "signInEventTypes/any(t: t eq 'servicePrincipal')")],
    ["an array without any", filtered(BETA, "signInEventTypes eq 'servicePrincipal'")],
    ["investigationState", filtered(ALERTS_V2, "investigationState eq 'benign'")],
    ["category of an audit", filtered(AUDITS, "category eq 'Device'")],
    ["an unknown function", filtered(SIGN_INS, "endswith(userPrincipalName, 'x')")],
    ["a clause that ends early", filtered(SIGN_INS, `createdDateTime ge ${SINCE} and`)],
    ["an open parenthesis", filtered(SIGN_INS, `(createdDateTime ge ${SINCE}`)],
    ["an unclosed string", filtered(SIGN_INS, "userId eq 'x")],
    ["text for a number", filtered(SIGN_INS, "status/errorCode eq 'x'")],
    ["no clause at all", filtered(SIGN_INS, "")],
  ])("is %s: an invalid filter clause", async (_, path) => {
    const { get } = await bench();
    const response = await get(path);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: { code: "BadRequest", message: "Invalid filter clause" },
    });
    expect(response.headers.get("x-emulator-reason")).toBeTruthy();
  });

  it.each([
    ["$top above 1,000 on sign-ins", `${SIGN_INS}?$top=1001`],
    ["$top above 1,000 on audits", `${AUDITS}?$top=1001`],
    ["$top above 1,000 on legacy alerts", `${ALERTS}?$top=1001`],
    ["$top of nothing", `${SIGN_INS}?$top=0`],
    ["$top that is no number", `${SIGN_INS}?$top=many`],
    ["$skip on sign-ins", `${SIGN_INS}?$skip=10`],
    ["$skip on audits", `${AUDITS}?$skip=10`],
    ["$skip above 500 on legacy alerts", `${ALERTS}?$skip=501`],
    ["$orderby on v1.0 sign-ins", `${SIGN_INS}?$orderby=createdDateTime`],
    ["$orderby by what cannot be sorted", `${AUDITS}?$orderby=category`],
    ["$orderby on control profiles", `${PROFILES}?$orderby=rank`],
    ["$orderby on alerts_v2 by severity", `${ALERTS_V2}?$orderby=severity`],
    ["$count on sign-ins", `${SIGN_INS}?$count=true`],
    ["$select on sign-ins", `${SIGN_INS}?$select=id`],
    ["$select on alerts_v2", `${ALERTS_V2}?$select=id`],
    ["$expand", `${ALERTS_V2}?$expand=evidence`],
    ["$filter twice", `${ALERTS_V2}?$filter=status eq 'new'&$filter=status eq 'new'`],
    ["an empty $skiptoken", `${SIGN_INS}?$skiptoken=`],
    ["an invented $skiptoken", `${SIGN_INS}?$skiptoken=abc`],
    ["a collection that does not exist", "/v1.0/security/alert"],
    ["provisioning in beta, which the emulator lacks", "/beta/auditLogs/provisioning"],
  ])("is %s", async (_, path) => {
    const { get } = await bench();
    const response = await get(path);
    expect(response.status).toBe(400);
    expect(await response.json()).toHaveProperty("error.innerError.request-id");
  });

  it.each([
    [`${SIGN_INS}?$skip=1`, "Query option 'Skip' is not allowed"],
    [`${SIGN_INS}?$skiptoken=`, "Invalid Skip Token, skip token is null"],
    [`${SIGN_INS}?$skiptoken=abc`, "Invalid Skip Token"],
    ["/v1.0/security/alert", "Resource not found for the segment 'alert'."],
  ])("%s says so in Graph's words", async (path, message) => {
    const { get } = await bench();
    expect((await (await get(path)).json() as { error: { message: string } }).error.message).toContain(
      message,
    );
  });
});

describe("a query that Graph takes", () => {
  it.each([
    [
      "whole seconds",
      filtered(SIGN_INS, `createdDateTime ge ${SINCE} and createdDateTime le 2026-11-22T00:00:00Z`),
    ],
    ["one fraction digit", filtered(SIGN_INS, "createdDateTime ge 2026-11-01T00:00:00.0Z")],
    ["seven fraction digits", filtered(SIGN_INS, "createdDateTime ge 2026-11-01T00:00:00.1234567Z")],
    [
      "gt and lt on provisioning",
      filtered(PROVISIONING, `activityDateTime gt ${SINCE} and activityDateTime lt ${SINCE}`),
    ],
    [
      "event types on beta",
      filtered(BETA, "signInEventTypes/any(t: t eq 'interactiveUser' or t eq 'nonInteractiveUser')"),
    ],
    ["another last segment's case", "/v1.0/auditLogs/directoryaudits"],
    ["$orderby on audits", `${AUDITS}?$orderby=activityDateTime desc`],
    ["$orderby on beta sign-ins", `${BETA}?$orderby=createdDateTime`],
    ["$orderby on alerts_v2 by update", `${ALERTS_V2}?$orderby=lastUpdateDateTime asc`],
    ["two keys on scores", `${SCORES}?$orderby=createdDateTime asc,vendorInformation/provider asc`],
    ["$top above the maximum on alerts_v2", `${ALERTS_V2}?$top=5000`],
    ["$skip of 500 on legacy alerts", `${ALERTS}?$skip=500`],
    [
      "AND in capitals",
      filtered(ALERTS, `eventDateTime ge ${SINCE} AND vendorInformation/provider eq 'IPC'`),
    ],
    ["ne on an error code", filtered(SIGN_INS, "status/errorCode ne 0")],
    ["an old date on alerts_v2", filtered(ALERTS_V2, `lastUpdateDateTime ge ${old}`)],
    ["an option without $, which it ignores", `${SIGN_INS}?(createdDateTime ge nonsense)`],
  ])("has %s", async (_, path) => {
    const { get } = await bench();
    expect((await get(path)).status).toBe(200);
  });
});
