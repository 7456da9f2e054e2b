import { type Context, Hono } from "hono";
import { asGraphtapError, GraphtapError } from "../../errors.ts";
import { LINE_FORMATS, type LineFormat } from "../../record/line.ts";
import type { AppBindings } from "../listen.ts";
import { problem, problemOf } from "../problem.ts";
import { pull } from "./pull.ts";
import { type PullContext, type PullRequest, stopIfFatal } from "./context.ts";
import { selectStreams } from "./select.ts";
import type { ServedStream, ServedStreams } from "../served.ts";

/** Header that names the batch to confirm. */
export const BATCH_HEADER = "graphtap-batch";

const DEFAULT_LIMIT = 10_000;
const LARGEST_LIMIT = 100_000;
const PARAMETERS = ["service", "input", "format", "confirm", "limit"];

/** `GET /v1/pull` and `POST /v1/confirm/{id}`. */
export function pullRoutes(served: ServedStreams, context: PullContext): Hono<AppBindings> {
  const app = new Hono<AppBindings>();
  app.get("/pull", async (c) => {
    // Hono answers HEAD by its GET route; a pull whose lines nobody reads would only be in the way.
    if (c.req.method !== "GET") return problem(405, "usage", "A pull is a GET", { allow: "GET" });
    try {
      const request = pullRequest(c, served.list(), context.engine.format);
      const { batch, body } = await pull(request, context, c.env?.gone ?? new AbortController().signal);
      const headers = {
        "content-type": contentType(request.format),
        ...(batch === null ? {} : { [BATCH_HEADER]: batch.id }),
      };
      // 200 with no line, not 204: Vector's http_client takes anything but 200 for an error.
      return new Response(body ?? "", { headers });
    } catch (thrown) {
      return problemOf(asGraphtapError(thrown));
    }
  });
  app.post("/confirm/:id", (c) => {
    try {
      return confirm(c, context);
    } catch (thrown) {
      return problemOf(stopIfFatal(thrown, context));
    }
  });
  return app;
}

/** The type of a body of event lines. */
export function contentType(format: LineFormat): string {
  return format === "devo" ? "text/plain; charset=utf-8" : "application/x-ndjson";
}

function pullRequest(
  c: Context<AppBindings>,
  served: readonly ServedStream[],
  usual: LineFormat,
): PullRequest {
  const query = c.req.queries();
  const strange = Object.keys(query).find((name) => !PARAMETERS.includes(name));
  if (strange !== undefined) {
    throw wrong(`${JSON.stringify(strange)} is no parameter; there are ${PARAMETERS.join(", ")}`);
  }
  const format = LINE_FORMATS.find((known) => known === (query["format"]?.[0] ?? usual));
  if (format === undefined) throw wrong(`"format" is none of ${LINE_FORMATS.join(", ")}`);
  const confirm = query["confirm"]?.[0] ?? "0";
  if (confirm !== "0" && confirm !== "1") throw wrong(`"confirm" is neither 0 nor 1`);
  const limit = Number(query["limit"]?.[0] ?? DEFAULT_LIMIT);
  if (!Number.isInteger(limit) || limit < 1 || limit > LARGEST_LIMIT) {
    throw wrong(`"limit" is not a whole number from 1 to ${LARGEST_LIMIT}`);
  }
  const chosen = new Set(selectStreams(served.map(({ stream }) => stream), {
    services: query["service"] ?? [],
    inputs: query["input"] ?? [],
  }));
  return {
    streams: served.filter(({ stream }) => chosen.has(stream)),
    format,
    confirm: confirm === "1",
    limit,
  };
}

function confirm(c: Context, { batches }: PullContext): Response {
  const id = c.req.param("id") ?? "";
  const batch = batches.confirm(id);
  if (batch !== null) {
    const records = batch.parts.reduce((sum, { lines }) => sum + lines, 0);
    return c.json({ batch: id, records, complete: batch.complete });
  }
  switch (batches.fate(id)) {
    case "confirmed":
      // The answer to the first confirmation may have been lost on its way.
      return c.json({ batch: id, confirmed: "before" });
    case "abandoned":
      return problem(410, "usage", "This batch was abandoned, and its records leave again at the next pull");
    case "sending":
      return problem(409, "usage", "This batch is still being sent; read the answer to its end first");
    default:
      return problem(404, "usage", "There is no such batch; its records leave again if it was not confirmed");
  }
}

function wrong(what: string): GraphtapError {
  return new GraphtapError("usage", `Cannot pull: ${what}`);
}
