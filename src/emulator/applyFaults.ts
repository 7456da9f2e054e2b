import type { Clock } from "../clock.ts";
import type { Call, World } from "./world.ts";
import type { FaultAction } from "./faults.ts";
import { graphHeaders, refuse } from "./graphErrors.ts";

/**
 * Does what faults ask for before a request is looked at: waits, forgets tokens, or answers in Graph's stead.
 *
 * @returns the answer, or `null` when the request is to go on
 * @throws the signal's reason, when the client gives up during a delay
 */
export async function answerFaults(
  request: Request,
  call: Call,
  world: World,
): Promise<Response | null> {
  for (const action of call.actions) {
    if (action.kind === "delay") await world.clock.sleep(action.ms, request.signal);
    else if (action.kind === "tokenExpire") world.tokens.revoke();
    else if (action.kind === "skipTokenExpire") world.skipTokens.expire();
    const answer = answerOf(action, call, world);
    if (answer !== null) return answer;
  }
  return null;
}

/** Gives an answer the status and headers that a fault asks for. */
export function annotate(response: Response, call: Call): Response {
  return call.actions.reduce((answer, action) => {
    if (action.kind !== "annotate") return answer;
    const headers = new Headers(answer.headers);
    for (const [name, value] of Object.entries(action.headers ?? {})) headers.set(name, value);
    return new Response(answer.body, { status: action.status ?? answer.status, headers });
  }, response);
}

function answerOf(action: FaultAction, call: Call, world: World): Response | null {
  switch (action.kind) {
    case "status":
      return statusAnswer(action, call, world);
    case "html":
      return new Response(
        "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>Bad Gateway</body>\r\n</html>\r\n",
        {
          status: action.status ?? 502,
          headers: { "content-type": "text/html" },
        },
      );
    case "errorBody200": {
      const { code = "UnknownError", message = "An error has occurred" } = action;
      return refuse({ status: 200, code, message }, call, world.clock);
    }
    case "redirect":
      return new Response(null, { status: action.status ?? 302, headers: { location: action.location } });
    default:
      return null;
  }
}

function statusAnswer(action: FaultAction & { kind: "status" }, call: Call, world: World): Response {
  const headers: Record<string, string> = { ...action.headers };
  if (action.retryAfter !== undefined) headers["retry-after"] = String(action.retryAfter);
  if (action.retryAfterDate !== undefined) {
    headers["retry-after"] = new Date(world.clock.now() + action.retryAfterDate * 1000).toUTCString();
  }
  const { status, body } = action;
  if (body === undefined && status !== 204 && status !== 304) {
    const { code = CODES[status] ?? "UnknownError", message = "" } = action;
    return refuse({ status, code, message, headers }, call, world.clock);
  }
  const isText = typeof body === "string";
  return new Response(body === undefined ? null : isText ? body : JSON.stringify(body), {
    status,
    headers: {
      ...graphHeaders(call, world.clock),
      "content-type": isText ? "text/plain" : "application/json",
      ...headers,
    },
  });
}

/** `error.code` where a fault names none. */
const CODES: Readonly<Record<number, string>> = {
  400: "BadRequest",
  401: "InvalidAuthenticationToken",
  403: "Authorization_RequestDenied",
  404: "Request_ResourceNotFound",
  429: "TooManyRequests",
  500: "InternalServerError",
  503: "ServiceUnavailable",
  504: "GatewayTimeout",
};

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
