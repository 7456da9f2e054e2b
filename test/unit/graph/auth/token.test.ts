import { describe, expect, it } from "vitest";
import { GraphtapError } from "../../../../src/errors.ts";
import { createTokenSource, type TokenIssuer } from "../../../../src/graph/auth/token.ts";
import { manualClock } from "../../../support/manualClock.ts";

/** A source over an issuer that numbers its tokens; it goes by no token endpoint, as a managed identity does not. */
function numbered(lifetimeSeconds: number) {
  const clock = manualClock();
  let issued = 0;
  const issue: TokenIssuer = () => Promise.resolve({ token: `token ${++issued}`, lifetimeSeconds });
  return { clock, source: createTokenSource(issue, clock) };
}

describe("a token source", () => {
  it("asks once for callers at the same time, and not again while the token is good", async () => {
    const { clock, source } = numbered(3600);
    expect(await Promise.all([source.get(), source.get(), source.get()])).toEqual(Array(3).fill("token 1"));
    clock.advance(3_299_000);
    expect(await source.get()).toBe("token 1");
  });

  it.each([
    ["5 minutes before its end", 3600, 3_300_000],
    ["halfway through a short life", 300, 150_000],
    ["at once when it has no life", 0, 0],
  ])("renews the token %s", async (_, lifetimeSeconds, ms) => {
    const { clock, source } = numbered(lifetimeSeconds);
    await source.get();
    clock.advance(ms);
    expect(await source.get()).toBe("token 2");
  });

  it("forgets a token that was refused, but not the one that came after it", async () => {
    const { source } = numbered(3600);
    source.reject(await source.get());
    expect(await source.get()).toBe("token 2");
    source.reject("token 1");
    expect(await source.get()).toBe("token 2");
  });

  it("throws what its issuer throws, and asks anew the next time", async () => {
    let asked = 0;
    const refuse = () => {
      asked++;
      return Promise.reject(new GraphtapError("token-unavailable", "not now"));
    };
    const source = createTokenSource(refuse, manualClock());
    await expect(source.get()).rejects.toMatchObject({ code: "token-unavailable" });
    await expect(source.get()).rejects.toMatchObject({ code: "token-unavailable" });
    expect(asked).toBe(2);
  });
});
