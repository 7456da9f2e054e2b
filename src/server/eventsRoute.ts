import type { Context } from "hono";
import { asGraphtapError } from "../errors.ts";
import type { LineFormat } from "../record/line.ts";
import type { Stream } from "../tap/stream.ts";
import type { EventEncoding, EventHub } from "./eventHub.ts";
import { problem, problemOf } from "./problem.ts";
import { contentType } from "./pull/routes.ts";
import { isMeant, selectStreams } from "./pull/select.ts";

/**
 * `GET /v1/events`: what is being delivered, for looking. A listener that comes late, reads slowly or leaves has
 * missed events; none is repeated and no position depends on it.
 */
export function answerEvents(
  c: Context,
  streams: readonly Stream[],
  events: EventHub,
  format: LineFormat,
): Response {
  if (c.req.method !== "GET") return problem(405, "usage", "Events are a GET", { allow: "GET" });
  try {
    const selection = {
      services: c.req.queries("service") ?? [],
      inputs: c.req.queries("input") ?? [],
    };
    selectStreams(streams, selection);
    const sse = (c.req.header("accept") ?? "").includes("text/event-stream");
    // By their names: streams may come later, when the configuration is read again.
    const wanted = (stream: Stream) => isMeant(stream, selection);
    const body = events.listen(wanted, sse ? serverSentEvents() : PLAIN);
    if (body === null) return problem(503, "usage", "There are listeners enough; end one first");
    const type = sse ? "text/event-stream" : contentType(format);
    return new Response(body, { headers: { "content-type": type } });
  } catch (thrown) {
    return problemOf(asGraphtapError(thrown));
  }
}

const PLAIN: EventEncoding = { lines: (lines) => lines, farewell: null };

/** Each line an event; ids count this connection's events and cannot be resumed from. */
function serverSentEvents(): EventEncoding {
  let id = 0;
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();
  return {
    lines: (lines) =>
      encoder.encode(
        decoder.decode(lines).split("\n").slice(0, -1).map((line) => `id: ${++id}\ndata: ${line}\n\n`).join(
          "",
        ),
      ),
    farewell: encoder.encode(": cut off, since events came faster than they were read\n\n"),
  };
}
