import type { Clock } from "../clock.ts";
import type { FaultAction } from "./faults.ts";

type Body = ReadableStream<Uint8Array>;

/** The body as the faults leave it. */
export function damageBody(body: Body, actions: readonly FaultAction[], clock: Clock): Body {
  return actions.reduce((stream, action) => {
    switch (action.kind) {
      case "reset":
        return action.afterBytes === undefined ? stream : cut(stream, action.afterBytes, "reset");
      case "truncate":
      case "truncateGzip":
        return cut(stream, action.afterBytes ?? 0, "end");
      case "stall":
        return cut(stream, action.afterBytes ?? 0, "stall");
      case "dribble":
        return dribble(stream, action.bytes, action.ms, clock);
      default:
        return stream;
    }
  }, body);
}

/** Passes `bytes` on; then breaks off, ends as if all were said, or says nothing more. */
function cut(body: Body, bytes: number, how: "reset" | "end" | "stall"): Body {
  const reader = body.getReader();
  let left = bytes;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (left > 0) {
        const { done, value } = await reader.read();
        if (done) return controller.close();
        controller.enqueue(value.subarray(0, left));
        left -= Math.min(left, value.byteLength);
        return;
      }
      await reader.cancel();
      if (how === "end") controller.close();
      else if (how === "reset") controller.error(connectionReset());
      else await new Promise(() => {});
    },
    cancel: (reason) => reader.cancel(reason),
  }, { highWaterMark: 0 });
}

/** Passes a few bytes on at a time, with a pause before each. */
function dribble(body: Body, bytes: number, ms: number, clock: Clock): Body {
  const reader = body.getReader();
  let rest: Uint8Array = new Uint8Array();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (rest.byteLength === 0) {
        const { done, value } = await reader.read();
        if (done) return controller.close();
        rest = value;
      }
      await clock.sleep(ms);
      controller.enqueue(rest.subarray(0, bytes));
      rest = rest.subarray(bytes);
    },
    cancel: (reason) => reader.cancel(reason),
  }, { highWaterMark: 0 });
}

/** What a broken connection looks like to who reads from it; `fetch` rejects with a TypeError that has it as cause. */
export function connectionReset(): Error {
  return Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
}
