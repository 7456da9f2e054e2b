/** What of a sentence that Graph or Entra wrote may be shown. */
import { describe, expect, it } from "vitest";
import { sentenceOf } from "../../../src/net/sentence.ts";

describe("a sentence of another program", () => {
  it.each([
    [
      "Insufficient privileges to complete the operation.",
      "Insufficient privileges to complete the operation",
    ],
    [
      "Continuous access evaluation resulted in challenge with result: InteractionRequired and code: LocationConditionEvaluationSatisfied",
      "Continuous access evaluation resulted in challenge with result: InteractionRequired and code: LocationConditionEvaluationSatisfied",
    ],
    [
      "Access token validation failure. Invalid audience.",
      "Access token validation failure. Invalid audience",
    ],
    [
      "Calling principal does not have required MSGraph permissions AuditLog.Read.All",
      "Calling principal does not have required MSGraph permissions AuditLog.Read.All",
    ],
    [
      "Neither tenant is B2C or tenant doesn't have premium license",
      "Neither tenant is B2C or tenant doesn't have premium license",
    ],
    [
      "The provided value for scope https://graph.microsoft.com is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).\r\nTrace ID: 44444444-4444-4444-8444-444444444444\r\nCorrelation ID: 5",
      "The provided value for scope https://graph.microsoft.com is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI)",
    ],
    [
      "Invalid filter clause: Could not find a property named 'foo' on type 'microsoft.graph.signIn'.",
      "Invalid filter clause: Could not find a property named … on type microsoft.graph.signIn",
    ],
    [
      "Min date validation check failed: 2026-11-22T16:00:00Z is the oldest.",
      "Min date validation check failed: 2026-11-22T16:00:00Z is the oldest",
    ],
    [
      "This request is throttled. Please try again after the value specified in the Retry-After header. CorrelationId: 5a",
      "This request is throttled. Please try again after the value specified in the Retry-After header. CorrelationId: …",
    ],
    [
      "Missing application roles. API required roles: SecurityAlert.Read.All,SecurityAlert.ReadWrite.All, application roles: .",
      "Missing application roles. API required roles: SecurityAlert.Read.All, SecurityAlert.ReadWrite.All, application roles: …",
    ],
    ["IDX10223: Lifetime validation failed.", "IDX10223: Lifetime validation failed"],
    ["Query option '$skip' is not allowed.", "Query option $skip is not allowed"],
  ])("%j is shown as an explanation", (text, shown) => {
    expect(sentenceOf(text)).toBe(shown);
  });

  it.each([
    ["a user's name", "User alice@contoso.example was not found", "User … was not found"],
    ["an id", "Object 73badd94-c0ca-4b09-a3e6-20c1f5f9a307 is gone", "Object … is gone"],
    ["an id without hyphens", "Object 73badd94c0ca4b09a3e620c1f5f9a307 is gone", "Object … is gone"],
    ["a number that could be one", "Record 1234567 is gone", "Record … is gone"],
    ["a value in single quotes", "The value 'Alice O'Neil' is wrong", "The value … is wrong"],
    ["a value in double quotes", 'The value "hunter two" is wrong', "The value … is wrong"],
    ["a quote that does not end", "The value 'hunter two is wrong", "The value …"],
    ["a name within a sentence", "The user Alice Smith is blocked", "The user … is blocked"],
    ["JSON", 'Cannot read {"userPrincipalName":"alice","x":[1]} here', "Cannot read … here"],
    ["JSON that is cut off", 'Cannot read {"userPrincipalName":"alice', "Cannot read …"],
    ["markup", "Blocked <b>alice</b> again", "Blocked … again"],
    ["an address", "Call 192.0.2.17 or fe80::1 now", "Call … or … now"],
    ["a host of somebody's", "See https://contoso.example/x?y=z and contoso.onmicrosoft.com", "See … and …"],
    [
      "the path of Microsoft's",
      "See https://graph.microsoft.com/v1.0/users/alice?$select=id now",
      "See https://graph.microsoft.com/… now",
    ],
    ["a token", "Token eyJ0eXAiOiJKV1Qi.eyJhdWQi.sig is bad", "Token … is bad"],
    ["a token behind its scheme", "Sent Bearer abcdef there", "Sent … there"],
    ["a secret of Entra's form", "Secret Abc8Q~dE.fGhIjKlMnOpQrStUvWxYz01 is wrong", "Secret … is wrong"],
    ["letters without digits", "Secret QwErTyUiOpAsDfGhJk is wrong", "Secret … is wrong"],
    ["a pair", "Bad id=alice here", "Bad … here"],
    ["a name of many parts", "Bad the-content-of-a-record here", "Bad … here"],
    ["letters of other scripts", "Bad \u0430lice here", "Bad … here"],
  ])("hides %s", (_, text, shown) => {
    expect(sentenceOf(text)).toBe(shown);
  });

  it.each([
    ["escapes of a terminal", "Red \u001b[31malert\u001b[0m \u001b]0;title\u0007 end\u009b2J"],
    ["what turns the direction", "Bad \u202egnp.exe\u202c and \u2066x\u2069 end"],
    ["line breaks", 'Bad\r\n{"level":"info"}\nforged\u2028line\u0085end'],
    ["a NUL, and what has no width", "Bad\u0000 zero\u200bwidth\ufeff end"],
  ])("holds nothing of %s", (_, text) => {
    expect(sentenceOf(text)).not.toMatch(/[\p{Cc}\u2028\u2029\p{Bidi_Control}\u200b\ufeff{}]/u);
  });

  it("hides the secrets that it is told, whatever they look like", () => {
    expect(sentenceOf("Secret correcthorse is wrong", ["correcthorse", ""])).toBe("Secret … is wrong");
  });

  it("is cut between words, before it has 300 letters", () => {
    const shown = sentenceOf("many words ".repeat(1000))!;
    expect(shown.length).toBeLessThanOrEqual(300);
    expect(shown).toMatch(/words? …$/);
  });

  it.each(["", "  ", "'alice'", "{}", "73badd94-c0ca-4b09-a3e6-20c1f5f9a307", "\u202e"])(
    "that says nothing, as %j, is none",
    (text) => expect(sentenceOf(text)).toBeNull(),
  );
});
