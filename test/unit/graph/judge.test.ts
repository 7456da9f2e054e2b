import { describe, expect, it } from "vitest";
import { errorLine } from "../../../src/errors.ts";
import { type Asked, judge, readRefusal } from "../../../src/graph/judge.ts";

const asked: Asked = {
  service: "signIns",
  permissions: ["AuditLog.Read.All", "Directory.Read.All"],
  licence: "Microsoft Entra ID P1 or P2",
  followsLink: false,
  hasAdditionalFilter: false,
};
const refusal = {
  status: 400,
  code: "BadRequest",
  requestId: "73badd94-c0ca-4b09-a3e6-20c1f5f9a307",
  retryAfter: null,
};
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
    const error = judge({ ...asked, ...how }, { ...refusal, ...found }, 0);
    expect(error.code).toBe(code);
    expect(errorLine(error)).toContain(words);
    expect(errorLine(error)).toContain('Cannot read page of "signIns"');
  });

  it("names the request, so that Microsoft's support can find it", () => {
    expect(judge(asked, refusal, 0).message).toContain("request-id 73badd94-c0ca-4b09-a3e6-20c1f5f9a307");
  });

  it("repeats nothing of the body that could break or forge a line", () => {
    const error = judge(asked, { ...refusal, code: 'x"\ninjected', requestId: "a b" }, 0);
    expect(error.message).not.toMatch(/injected|a b/);
  });

  it("carries how long Graph wants to be left alone", () => {
    expect(judge(asked, { ...refusal, status: 429, retryAfter: "17" }, 0).retryAfterSeconds).toBe(17);
  });
});

describe("what is kept of an answer that is no page", () => {
  async function* body(text: string, breaks = false) {
    yield new TextEncoder().encode(text);
    if (breaks) throw new Error("the connection was reset");
  }
  const GRAPHS = '{"error": {"code": "UnknownError", "message": "a tenant\'s data"}}';

  it.each([
    ["Graph's own", GRAPHS, false, "UnknownError"],
    ["a gateway's page", "<html>502</html>", false, ""],
    ["an error without a code", '{"error": {"code": 5}}', false, ""],
    ["null", "null", false, ""],
    ["one that breaks off", GRAPHS.slice(0, 30), true, ""],
  ])("is its status, its code and two headers: %s", async (_, text, breaks, code) => {
    const header = (name: string) => `the ${name}`;
    expect(await readRefusal({ status: 502, header, body: body(text, breaks) })).toEqual({
      status: 502,
      code,
      requestId: "the request-id",
      retryAfter: "the retry-after",
    });
  });
});
