import { describe, expect, it } from "vitest";
import { errorLine } from "../../../src/errors.ts";
import type { Asked } from "../../../src/graph/asked.ts";
import { judge, type Known } from "../../../src/graph/judge.ts";
import { readRefusal, type Refusal } from "../../../src/graph/refusal.ts";

const asked: Asked = {
  service: "signIns",
  permissions: ["AuditLog.Read.All", "Directory.Read.All"],
  licence: "Microsoft Entra ID P1 or P2",
  followsLink: false,
  hasAdditionalFilter: false,
};
const refusal: Refusal = {
  status: 400,
  form: "json",
  code: "BadRequest",
  message: "",
  keptSince: null,
  requestId: "73badd94-c0ca-4b09-a3e6-20c1f5f9a307",
  retryAfter: null,
  challenge: null,
  leadsTo: null,
  server: null,
};
/** Nothing is known of the token. */
const known: Known = { nowMs: 0, claims: null };
const NON_PREMIUM = "Authentication_RequestFromNonPremiumTenantOrB2CTenant";

describe("an answer that is no page", () => {
  it.each([
    [{ status: 401, code: "InvalidAuthenticationToken" }, {}, "graph-unauthorized", "ApiError 401"],
    [
      { status: 403, code: "Authentication_MSGraphPermissionMissing" },
      {},
      "graph-forbidden",
      "AuditLog.Read.All",
    ],
    [{ status: 403, code: NON_PREMIUM }, {}, "graph-unlicensed", "Microsoft Entra ID P1 or P2"],
    [{ status: 403, code: "" }, {}, "graph-forbidden", "admin consent"],
    [{ status: 407, code: "" }, {}, "graph-unreachable", "is a proxy's"],
    [{ status: 429, code: "UnknownError" }, {}, "graph-throttled", "ApiError 429"],
    [{ status: 429, code: "" }, {}, "graph-throttled", "answered 429"],
    [{ status: 500, code: "UnknownError" }, {}, "graph-unavailable", "ApiError 498"],
    [{ status: 502, code: "" }, {}, "graph-unavailable", "asked again"],
    [{ status: 503, code: "" }, {}, "graph-unavailable", "answered 503"],
    [{ status: 504, code: "" }, {}, "graph-timeout", "smaller"],
    [{ status: 408, code: "" }, {}, "graph-timeout", "smaller"],
    [{ status: 400, code: "BadRequest" }, {}, "graph-refused", '400 "BadRequest"'],
    [
      { status: 400, code: "BadRequest" },
      { hasAdditionalFilter: true },
      "graph-refused",
      "check additional_filter",
    ],
    [
      { status: 400, code: "UnknownError" },
      { followsLink: true },
      "page-link-expired",
      "is read again",
    ],
    [{ status: 410, code: "" }, { followsLink: true }, "page-link-expired", "is read again"],
    [{ status: 404, code: "" }, {}, "graph-refused", "override_base_url"],
    [{ status: 410, code: "" }, { notice: "it has ended; use alerts_v2" }, "graph-refused", "use alerts_v2"],
    [{ status: 302, code: "" }, {}, "graph-refused", "redirects are not followed"],
  ])("%j %j is %s and says %s", (found, how, code, words) => {
    const error = judge({ ...asked, ...how }, { ...refusal, ...found }, known);
    expect(error.code).toBe(code);
    expect(errorLine(error)).toContain(words);
    expect(errorLine(error)).toContain('Cannot read page of "signIns"');
  });

  it("names the request, so that Microsoft's support can find it", () => {
    expect(judge(asked, refusal, known).message).toContain("request-id 73badd94-c0ca-4b09-a3e6-20c1f5f9a307");
  });

  it("repeats nothing of the body that could break or forge a line", () => {
    const error = judge(asked, { ...refusal, code: 'x"\ninjected', requestId: "a b" }, known);
    expect(error.message).not.toMatch(/injected|a b/);
  });

  it("carries how long Graph wants to be left alone", () => {
    expect(judge(asked, { ...refusal, status: 429, retryAfter: "17" }, known).retryAfterSeconds).toBe(17);
  });
});

const CHALLENGE = 'Bearer realm="", error="insufficient_claims", claims="eyJhY2Nlc3NfdG9rZW4iOnt9fQ=="';
const roles = (...names: string[]): Known => ({
  nowMs: 0,
  claims: {
    roles: names,
    name: null,
    audience: "https://graph.microsoft.com",
    tenantId: null,
    applicationId: null,
    endsAt: null,
  },
});

describe("the advice", () => {
  const advice = (found: Partial<Refusal>, known_: Known = known, how: Partial<Asked> = {}) =>
    judge({ ...asked, ...how }, { ...refusal, ...found }, known_).message;

  it.each([401, 403])(
    "after a %i that wants claims names Conditional Access, and no permission",
    (status) => {
      const said = advice({ status, challenge: CHALLENGE });
      expect(said).toMatch(/Conditional Access .* locations/);
      expect(said).not.toMatch(/grant|eyJ/);
    },
  );

  it("after a token for another API names the settings that choose it", () => {
    const said = advice(
      { status: 401, message: "Access token validation failure. Invalid audience." },
      roles(),
    );
    expect(said).toContain(
      "(it is for https://graph.microsoft.com); check override_scope_value and override_base_url",
    );
    expect(said).toContain('; Graph says: "Access token validation failure. Invalid audience"');
  });

  it("after a token that has ended at once names the clock", () => {
    expect(advice({ status: 401, message: "Lifetime validation failed, the token is expired." })).toContain(
      "clock",
    );
  });

  it.each([401, 403])("after a %i never is to grant what the token has", (status) => {
    const said = advice({ status }, roles("AuditLog.Read.All", "Directory.Read.All"));
    expect(said).not.toContain("grant");
  });

  it.each([401, 403])("after a %i is to grant what the token lacks", (status) => {
    expect(advice({ status }, roles("Directory.Read.All"))).toMatch(
      /grant the application permission AuditLog\.Read\.All with admin consent(,|$|;)/,
    );
  });

  it("after a 403 is to grant what would spare more of them, too", () => {
    const granted = roles("AuditLog.Read.All");
    expect(advice({ status: 403 }, granted)).toContain(
      "the token has AuditLog.Read.All; grant the application permission Directory.Read.All",
    );
    expect(advice({ status: 401 }, granted)).not.toContain("grant");
  });

  it("takes the permission to write for one to read", () => {
    const permissions = ["SecurityEvents.Read.All"];
    expect(advice({ status: 403 }, roles("SecurityEvents.ReadWrite.All"), { permissions })).not.toContain(
      "grant",
    );
  });

  it.each([401, 403, 404, 405, 407, 451])(
    "after a %i that is not Graph's is to ask who runs the filter",
    (status) => {
      for (const form of ["html", "other"] as const) {
        const error = judge(asked, { ...refusal, status, form, code: "", server: "Zscaler/6.2" }, known);
        expect(error.kind).toMatchObject({ exitCode: 1, recovery: "retry", ofInput: true });
        expect(error.message).toMatch(/not Graph's: a proxy or a filter/);
        expect(error.message).toContain('server "Zscaler/6.2"');
        expect(error.message).not.toMatch(/grant|permission/);
      }
    },
  );

  it.each([[400, "graph-refused"], [429, "graph-throttled"], [502, "graph-unavailable"], [
    504,
    "graph-timeout",
  ]])(
    "after a %i from a gateway stays %s, and says what came",
    (status, code) => {
      const error = judge(asked, { ...refusal, status, form: "html", code: "" }, known);
      expect(error.code).toBe(code);
      expect(error.message).toContain("with a page of HTML");
    },
  );

  it("after a redirect says where it leads, and no more of that address", async () => {
    const header = (name: string) => name === "location" ? "https://portal.example/login?user=alice" : null;
    const found = await readRefusal({ status: 302, header, body: new Blob([]).stream() });
    expect(judge(asked, found, known).message).toContain(
      "it leads to https://portal.example; redirects are not followed",
    );
  });

  it("names the oldest time that Graph has, where its message does", () => {
    const since = { seconds: Date.UTC(2026, 10, 22) / 1000, nanos: 5 };
    const error = judge(asked, { ...refusal, keptSince: since }, known);
    expect(error.message).toContain("it keeps nothing before 2026-11-22T00:00:00");
    expect(error.keptSinceMs).toBe(Date.UTC(2026, 10, 22, 0, 0, 1));
  });

  it("comes with Graph's own sentence, without what it says of a record", () => {
    const said = advice({
      status: 403,
      message:
        "User 'alice@contoso.example' (73badd94-c0ca-4b09-a3e6-20c1f5f9a308) \u202elacks\u001b[2J a role.",
    });
    expect(said).toMatch(/; Graph says: "User … a role"$/);
    expect(said).not.toMatch(/alice|4b09-a3e6-20c1f5f9a308/);
  });
});

describe("what is kept of an answer that is no page", () => {
  async function* body(text: string, breaks = false) {
    yield new TextEncoder().encode(text);
    if (breaks) throw new Error("the connection was reset");
  }
  const GRAPHS = '{"error": {"code": "UnknownError", "message": "It failed."}}';

  it.each([
    ["Graph's own", GRAPHS, false, "json", "UnknownError", "It failed."],
    ["a gateway's page", " <html>502</html>", false, "html", "", ""],
    ["words", "Bad Gateway", false, "other", "", ""],
    ["an error without a code", '{"error": {"code": 5}}', false, "json", "", ""],
    ["an error that is a text", '{"error": "x"}', false, "json", "", ""],
    ["JSON of somebody else", '{"message": "blocked by policy"}', false, "other", "", ""],
    ["null", "null", false, "other", "", ""],
    ["nothing", "", false, "empty", "", ""],
    ["one that breaks off", GRAPHS.slice(0, 30), true, "empty", "", ""],
  ])(
    "is its status, form, code, message and some headers: %s",
    async (_, text, breaks, form, code, message) => {
      const header = (name: string) => `the ${name}`;
      expect(await readRefusal({ status: 502, header, body: body(text, breaks) })).toEqual({
        status: 502,
        form,
        code,
        message,
        keptSince: null,
        requestId: "the request-id",
        retryAfter: "the retry-after",
        challenge: "the www-authenticate",
        leadsTo: null,
        server: "the server",
      });
    },
  );
});
