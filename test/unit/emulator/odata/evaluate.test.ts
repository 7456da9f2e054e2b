import { describe, expect, it } from "vitest";
import { bench, filtered } from "../setup.ts";

const ALERTS = "/v1.0/security/alerts";

const stored = [
  {
    id: "a",
    status: "newAlert",
    confidence: 10,
    lastModifiedDateTime: "2026-11-22T10:00:00Z",
    title: "It's one",
  },
  {
    id: "b",
    status: "resolved",
    confidence: 20,
    lastModifiedDateTime: "2026-11-22T10:00:00.5Z",
    title: "Two (2)",
  },
  {
    id: "c",
    status: "resolved",
    confidence: 30,
    lastModifiedDateTime: "2026-11-22T10:00:00.1234567Z",
    title: null,
  },
  {
    id: "d",
    status: "newAlert",
    lastModifiedDateTime: "2026-11-22T02:00:01-08:00",
    userStates: [{ userPrincipalName: "ann@contoso.example" }, { userPrincipalName: "bo@contoso.example" }],
    vendorInformation: { provider: "IPC" },
  },
];

describe("a filter", () => {
  it.each([
    ["status eq 'resolved'", "bc"],
    ["status ne 'resolved'", "ad"],
    ["not status eq 'resolved'", "ad"],
    ["not (status eq 'resolved' or id eq 'a')", "d"],
    ["status eq 'resolved' and confidence gt 20 or id eq 'a'", "ac"],
    ["status eq 'resolved' and (confidence gt 20 or id eq 'b')", "bc"],
    ["confidence ge 20", "bc"],
    ["confidence lt 20.5", "ab"],
    ["confidence eq null", "d"],
    ["confidence ne null", "abc"],
    ["title eq null", "cd"],
    ["title eq 'It''s one'", "a"],
    ["contains(title, '(2)')", "b"],
    ["startswith(title, 'It') eq true", "a"],
    ["vendorInformation/provider eq 'IPC'", "d"],
    ["lastModifiedDateTime gt 2026-11-22T10:00:00Z", "bcd"],
    [
      "lastModifiedDateTime ge 2026-11-22T10:00:00.0000000Z and lastModifiedDateTime lt 2026-11-22T10:00:00.5Z",
      "ac",
    ],
    ["lastModifiedDateTime le 2026-11-22T10:00:00.1234566Z", "a"],
    ["lastModifiedDateTime eq 2026-11-22T11:00:01+01:00", "d"],
    ["lastModifiedDateTime ge 2026-11-22", "abcd"],
    ["userStates/any(u: u/userPrincipalName eq 'bo@contoso.example')", "d"],
    ["userStates/any(u: startswith(u/userPrincipalName, 'x'))", ""],
    ["not userStates/any(u: u/userPrincipalName ne 'nobody')", "abc"],
  ])("%s finds %s", async (filter, ids) => {
    const { emulator, page } = await bench();
    for (const record of stored) emulator.put("alerts", JSON.stringify(record));
    const { value } = await page(filtered(ALERTS, filter));
    expect(value.map(({ id }) => id).sort().join("")).toBe(ids);
  });
});
