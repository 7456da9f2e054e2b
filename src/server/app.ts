import { randomBytes } from "node:crypto";
import { Hono } from "hono";
import { asGraphtapError } from "../errors.ts";
import { expositionFor } from "../telemetry/exposition.ts";
import type { Log } from "../telemetry/log.ts";
import type { AppBindings } from "./listen.ts";
import { answerEvents } from "./eventsRoute.ts";
import { type GuardOptions, isTrusted } from "./guard.ts";
import { guardedApp } from "./guardedApp.ts";
import { measure } from "./status/metrics.ts";
import type { ProcessFigures } from "./status/processSamples.ts";
import { problem, problemOf } from "./problem.ts";
import type { PullContext } from "./pull/context.ts";
import { pullRoutes } from "./pull/routes.ts";
import { pagePolicy, statusPage } from "./page/page.ts";
import type { Delivery } from "./status/delivery.ts";
import { filtered, filterOf } from "./status/filter.ts";
import { readinessOf } from "./status/readiness.ts";
import { type Status, statusJsonSchema } from "./status/schema.ts";
import type { ReloadResult } from "./reload.ts";
import { answerReload } from "./reloadRoute.ts";
import type { ServedStreams } from "./served.ts";

export interface AppOptions {
  readonly served: ServedStreams;
  readonly pulls: PullContext;
  readonly delivery: Delivery;
  readonly guard: GuardOptions;
  readonly status: () => Status;
  readonly log: Log;
  readonly version: string;
  readonly program: ProcessFigures;
  /** Reads the configuration again. */
  readonly reload: () => Promise<ReloadResult>;
}

/** The routes of `graphtap serve`. */
export function createApp(options: AppOptions): Hono<AppBindings> {
  const { served, pulls, guard, log } = options;
  const { clock, format } = pulls.engine;
  const app = guardedApp(guard, log, clock);
  app.route("/", figureRoutes(options));
  app.get(
    "/v1/events",
    (c) => answerEvents(c, served.list().map(({ stream }) => stream), pulls.events, format),
  );
  app.route("/v1", pullRoutes(served, pulls));
  app.post("/v1/reload", async () => answerReload(await options.reload()));
  app.notFound((c) =>
    problem(404, "usage", `There is nothing for ${c.req.method} at ${JSON.stringify(c.req.path)}`)
  );
  app.onError((error) => problemOf(asGraphtapError(error)));
  return app;
}

/** What tells how everything is doing, and never shows a record. */
function figureRoutes(options: AppOptions): Hono<AppBindings> {
  const { served, pulls, delivery, guard, status, version } = options;
  const { clock } = pulls.engine;
  const filter = (request: Request) => filterOf(new URL(request.url).searchParams);
  const app = new Hono<AppBindings>();
  app.get("/readyz", (c) => {
    const facts = { isStopping: pulls.stop.signal.aborted, all: c.req.query("all") === "1" };
    const readiness = readinessOf(served.list(), status(), facts);
    const { ready } = readiness;
    // Probes hold no token; names and messages are for those who do.
    return c.json(isTrusted(c.req.raw, guard) ? readiness : { ready }, ready ? 200 : 503);
  });
  app.get("/metrics", (c) => {
    const exposition = expositionFor(c.req.header("accept") ?? null);
    const { program } = options;
    const measured = measure(served.list(), { version, nowMs: clock.now(), program, delivery, pulls });
    return c.body(exposition.format(measured), 200, {
      "content-type": exposition.contentType,
      "vary": "accept",
    });
  });
  app.get("/", (c) => {
    const nonce = randomBytes(16).toString("base64");
    c.header("content-security-policy", pagePolicy(nonce));
    return c.html(statusPage(status(), filter(c.req.raw), nonce));
  });
  app.get("/v1/status", (c) => {
    const whole = status();
    return c.json({ ...whole, streams: filtered(whole.streams, filter(c.req.raw)) });
  });
  app.get("/v1/status/schema", (c) => c.json(statusJsonSchema()));
  return app;
}
