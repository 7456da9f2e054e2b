import { describe, expect, it } from "vitest";
import { GraphtapError } from "../../../../src/errors.ts";
import { createTokenSource, type IssuedToken, type TokenIssuer } from "../../../../src/graph/auth/token.ts";
import { manualClock } from "../../../support/manualClock.ts";

/** A source over an issuer that numbers its tokens; it goes by no token endpoint, as a managed identity does not. */
function numbered(lifetimeSeconds: number) {
  const clock = manualClock();
  let issued = 0;
  const issue: TokenIssuer = () => Promise.resolve({ token: `token ${++issued}`, lifetimeSeconds });
  return { clock, source: createTokenSource(issue, clock) };
}

const ISSUED: IssuedToken = { token: "token", lifetimeSeconds: 3600 };
const failure = (code: "token-unavailable" | "token-refused") => new GraphtapError(code, "no token");

/** A source over an issuer that answers so, one after the other, and the claims that it was asked for. */
function answering(answers: readonly (IssuedToken | GraphtapError)[]) {
  const clock = manualClock();
  const claims: (string | undefined)[] = [];
  const issue: TokenIssuer = (_, asked) => {
    const answer = answers[claims.push(asked) - 1]!;
    return answer instanceof GraphtapError ? Promise.reject(answer) : Promise.resolve(answer);
  };
  return { clock, claims, source: createTokenSource(issue, clock) };
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

  it("has a token at hand only while it is good, and asks nobody for it", async () => {
    const { clock, source } = numbered(3600);
    expect(source.current()).toBeNull();
    await source.get();
    expect(source.current()).toBe("token 1");
    clock.advance(3_300_000);
    expect(source.current()).toBeNull();
    expect(await source.get()).toBe("token 2");
  });

  it("forgets a token that was refused, but not the one that came after it", async () => {
    const { source } = numbered(3600);
    expect(source.reject(await source.get())).toBe(true);
    expect(await source.get()).toBe("token 2");
    expect(source.reject("token 1"), "another is there to try").toBe(true);
    expect(await source.get()).toBe("token 2");
  });

  it.each([
    ["is given one", [ISSUED], [undefined, "{}", undefined]],
    ["is told to wait", [failure("token-unavailable"), ISSUED], [undefined, "{}", "{}", undefined]],
    ["is refused one", [failure("token-refused")], [undefined, "{}", undefined]],
  ])("asks for claims that Graph wants until it %s, and then for none", async (_, answers, asked) => {
    const { clock, source, claims } = answering([ISSUED, ...answers, ISSUED]);
    source.reject(await source.get(), "{}");
    for (const answer of [...answers, ISSUED]) {
      await source.get().catch(() => {});
      if (answer === ISSUED) clock.advance(3_600_000);
    }
    expect(claims).toEqual(asked);
  });

  it("renews one token a minute for Graph's refusals: where each is refused, more do not help", async () => {
    const { clock, source } = numbered(3600);
    source.reject(await source.get());
    const second = await source.get();
    expect(source.reject(second)).toBe(false);
    expect(await source.get()).toBe(second);
    clock.advance(60_000);
    expect(source.reject(second)).toBe(true);
    expect(await source.get()).toBe("token 3");
  });
});

describe("an issuer that cannot answer", () => {
  /** A source whose issuer fails until it is told to answer, and when it was asked, in seconds. */
  function failing(error: GraphtapError) {
    const clock = manualClock(0);
    const asked: number[] = [];
    let answers = false;
    const issue: TokenIssuer = () => {
      asked.push(clock.now() / 1000);
      return answers ? Promise.resolve({ token: "token", lifetimeSeconds: 3600 }) : Promise.reject(error);
    };
    return { clock, asked, answer: () => answers = true, source: createTokenSource(issue, clock, () => 0) };
  }
  const unavailable = (retryAfterSeconds?: number) =>
    new GraphtapError("token-unavailable", "not now", { retryAfterSeconds });

  /** Eight streams that ask, and wait a little before they ask again, for so many rounds. */
  async function askTogether({ source, clock }: ReturnType<typeof failing>, rounds: number) {
    await Promise.all(Array.from({ length: 8 }, async (_, stream) => {
      for (let round = 0; round < rounds; round++) {
        await source.get().catch(() => {});
        await clock.sleep(100 * (stream + 1));
      }
    }));
  }

  it("is asked by all callers together, and after longer and longer pauses", async () => {
    const down = failing(unavailable());
    await askTogether(down, 5);
    expect(down.asked.length).toBeLessThanOrEqual(6);
    const pauses = down.asked.slice(1).map((at, n) => at - down.asked[n]!);
    expect(pauses.slice(0, 4)).toEqual([0.5, 1, 2, 4]);
  });

  it("is left alone for as long as it asks", async () => {
    const busy = failing(unavailable(60));
    await askTogether(busy, 3);
    expect(busy.asked.slice(0, 3)).toEqual([0, 60, 120]);
  });

  it("that answers again gives all who wait one token, and the next failure is a first one", async () => {
    const down = failing(unavailable());
    await askTogether(down, 3);
    down.answer();
    const before = down.asked.length;
    expect(await Promise.all([down.source.get(), down.source.get()])).toEqual(["token", "token"]);
    expect(down.asked.length).toBe(before + 1);
  });

  it("does not hold who is told to stop", async () => {
    const busy = failing(unavailable(60));
    await expect(busy.source.get()).rejects.toMatchObject({ code: "token-unavailable" });
    const stop = new AbortController();
    const waiting = busy.source.get(stop.signal);
    stop.abort(new Error("stopped"));
    await expect(waiting).rejects.toThrow("stopped");
    expect(busy.asked).toEqual([0]);
  });

  it("because the credentials are wrong is asked anew the next time, without a pause", async () => {
    const wrong = failing(new GraphtapError("token-refused", "no"));
    await expect(wrong.source.get()).rejects.toMatchObject({ code: "token-refused" });
    await expect(wrong.source.get()).rejects.toMatchObject({ code: "token-refused" });
    expect(wrong.asked).toEqual([0, 0]);
  });

  it("is asked at once where the clock was set back meanwhile", async () => {
    const busy = failing(unavailable(300));
    await busy.source.get().catch(() => {});
    busy.clock.advance(-3_600_000);
    busy.answer();
    expect(await busy.source.get()).toBe("token");
    expect(busy.clock.sleeps).toEqual([]);
  });
});
