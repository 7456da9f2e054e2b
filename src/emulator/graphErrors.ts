import type { Clock } from "../clock.ts";
import type { Call } from "./world.ts";

/** A refusal in Graph's form. */
export interface GraphRefusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Why, in the emulator's own words, as `x-emulator-reason`. Graph does not say. */
  readonly reason?: string;
}

/** The headers that Graph puts on every answer. */
export function graphHeaders(call: Call, clock: Clock): Record<string, string> {
  return {
    "cache-control": "no-cache",
    "client-request-id": call.clientRequestId,
    "date": new Date(clock.now()).toUTCString(),
    "request-id": call.requestId,
    "strict-transport-security": "max-age=31536000",
    "vary": "Accept-Encoding",
    "x-ms-ags-diagnostic": JSON.stringify({
      ServerInfo: {
        DataCenter: "Emulator",
        Slice: "E",
        Ring: "5",
        ScaleUnit: "000",
        RoleInstance: "EMULATOR00000001",
      },
    }),
  };
}

/** Answers with a Graph error body. */
export function refuse(refusal: GraphRefusal, call: Call, clock: Clock): Response {
  const error = {
    code: refusal.code,
    message: refusal.message,
    innerError: innerError(call, clock),
  };
  return jsonResponse({ error }, refusal, call, clock);
}

/** The other shape of a 429: `innerError` stands before `message`, and repeats the status as texts. */
export function refuseTooMany(refusal: GraphRefusal, call: Call, clock: Clock): Response {
  const error = {
    code: refusal.code,
    innerError: { code: "429", ...innerError(call, clock), message: "Please retry after", status: "429" },
    message: refusal.message,
  };
  return jsonResponse({ error }, refusal, call, clock);
}

function innerError(call: Call, clock: Clock) {
  return {
    date: new Date(clock.now()).toISOString().slice(0, 19),
    "request-id": call.requestId,
    "client-request-id": call.clientRequestId,
  };
}

function jsonResponse(body: unknown, refusal: GraphRefusal, call: Call, clock: Clock): Response {
  return new Response(JSON.stringify(body), {
    status: refusal.status,
    headers: {
      ...graphHeaders(call, clock),
      "content-type": "application/json",
      ...(refusal.reason === undefined ? {} : { "x-emulator-reason": encodeURI(refusal.reason) }),
      ...refusal.headers,
    },
  });
}
