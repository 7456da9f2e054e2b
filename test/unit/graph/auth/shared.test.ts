import { describe, expect, it } from "vitest";
import { shared } from "../../../../src/graph/auth/shared.ts";

/** Work that ends when it is told to, and how often it was begun. */
function work() {
  const begun: { readonly signal: AbortSignal; readonly end: (value: string) => void }[] = [];
  const ask = shared((signal) =>
    new Promise<string>((resolve, reject) => {
      begun.push({ signal, end: resolve });
      signal.addEventListener("abort", () => reject(signal.reason));
    })
  );
  return { begun, ask };
}

describe("shared work", () => {
  it("is done once for all who ask at the same time, and again for who asks later", async () => {
    const { begun, ask } = work();
    const together = [ask(), ask(), ask()];
    begun[0]!.end("first");
    expect(await Promise.all(together)).toEqual(["first", "first", "first"]);
    const later = ask();
    begun[1]!.end("second");
    expect(await later).toBe("second");
  });

  it("goes on for the others when one stops waiting", async () => {
    const { begun, ask } = work();
    const stop = new AbortController();
    const leaving = ask(stop.signal);
    const staying = ask();
    stop.abort(new Error("left"));
    await expect(leaving).rejects.toThrow("left");
    expect(begun[0]!.signal.aborted).toBe(false);
    begun[0]!.end("done");
    expect(await staying).toBe("done");
  });

  it("is aborted when nobody waits any more; who comes then begins anew", async () => {
    const { begun, ask } = work();
    const stop = new AbortController();
    const leaving = [ask(stop.signal), ask(stop.signal)];
    stop.abort(new Error("left"));
    const later = ask();
    expect((await Promise.allSettled(leaving)).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(begun.map(({ signal }) => signal.aborted)).toEqual([true, false]);
    begun[1]!.end("done");
    expect(await later).toBe("done");
  });

  it("is not begun for who is told to stop already", async () => {
    const { begun, ask } = work();
    await expect(ask(AbortSignal.abort(new Error("stopped")))).rejects.toThrow("stopped");
    expect(begun).toEqual([]);
  });

  it("that fails fails for all, and is begun anew", async () => {
    let begun = 0;
    const ask = shared(() => Promise.reject(new Error(`failure ${++begun}`)));
    const [one, other] = await Promise.allSettled([ask(), ask()]);
    expect([one, other]).toMatchObject([{ reason: { message: "failure 1" } }, {
      reason: { message: "failure 1" },
    }]);
    await expect(ask()).rejects.toThrow("failure 2");
  });
});
