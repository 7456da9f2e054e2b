import { describe, expect, it } from "vitest";
import { GraphtapError } from "../../../src/errors.ts";
import { MAX_ATTEMPTS, withRetries } from "../../../src/graph/retry.ts";
import { manualClock } from "../../support/manualClock.ts";

const NOW = Date.UTC(2026, 10, 22, 16, 0, 0);

describe("repeating a request", () => {
  const options = (clock = manualClock(NOW)) => ({
    clock,
    attempts: MAX_ATTEMPTS,
    random: () => 0,
    onRetry: () => {},
  });

  it("goes on until it succeeds", async () => {
    let left = 3;
    const clock = manualClock(NOW);
    const answer = await withRetries(() => {
      if (left-- > 0) throw new GraphtapError("graph-unavailable", "Graph answered 503");
      return Promise.resolve("page");
    }, options(clock));
    expect(answer).toBe("page");
    expect(clock.now() - NOW).toBe(500 + 1000 + 2000);
  });

  it("ends after a fixed number of attempts with the last failure", async () => {
    let attempts = 0;
    const failing = withRetries(() => {
      attempts++;
      return Promise.reject(new GraphtapError("graph-unreachable", `attempt ${attempts}`));
    }, options());
    await expect(failing).rejects.toThrow(`attempt ${MAX_ATTEMPTS}`);
  });

  it("is not tried for what waiting does not mend", async () => {
    let attempts = 0;
    const failing = withRetries(() => {
      attempts++;
      return Promise.reject(new GraphtapError("graph-forbidden", "no permission"));
    }, options());
    await expect(failing).rejects.toMatchObject({ code: "graph-forbidden" });
    expect(attempts).toBe(1);
  });

  it("breaks off at once when told to stop, with the reason it was told", async () => {
    const stop = new AbortController();
    const stopped = new GraphtapError("stopped", "stopped by a signal");
    const failing = withRetries(() => {
      stop.abort(stopped);
      return Promise.reject(new GraphtapError("graph-unavailable", "Graph answered 503"));
    }, { ...options(), signal: stop.signal });
    await expect(failing).rejects.toBe(stopped);
  });
});
