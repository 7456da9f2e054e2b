import { Hono } from "hono";
import { asGraphtapError } from "../errors.ts";
import { expositionFor } from "../telemetry/exposition.ts";
import type { Log } from "../telemetry/log.ts";
import type { AppBindings } from "./listen.ts";
import { answerEvents } from "./eventsRoute.ts";
import { type GuardOptions, isTrusted, refusal } from "./guard.ts";
import { measure } from "./status/metrics.ts";
import type { ProcessFigures } from "./status/processSamples.ts";
import type { SinkMeter } from "./status/sinkMeter.ts";
import { problem, problemOf } from "./problem.ts";
import type { PullContext } from "./pull/context.ts";
import { pullRoutes } from "./pull/routes.ts";
import { notReady } from "./status/readiness.ts";
import type { ServedStream } from "./served.ts";
import { PAGE_POLICY, statusPage } from "./status/statusPage.ts";

export interface AppOptions {
  readonly streams: readonly ServedStream[];
  readonly pulls: PullContext;
  readonly guard: GuardOptions;
  /** Whether the server polls by itself. */
  readonly polls: boolean;
  readonly log: Log;
  readonly version: string;
  readonly program: ProcessFigures;
  readonly meter: SinkMeter;
}

/** The routes of `graphtap serve`. */
export function createApp(options: AppOptions): Hono<AppBindings> {
  const { streams, pulls, guard, polls, log, version } = options;
  const { clock, format } = pulls.engine;
  const startedMs = clock.now();
  const app = new Hono<AppBindings>();

  app.use(async (c, next) => {
    const began = clock.now();
    const refused = refusal(c.req.raw, guard);
    if (refused === null) await next();
    else c.res = refused;
    c.header("cache-control", "no-store");
    c.header("x-content-type-options", "nosniff");
    c.header("referrer-policy", "no-referrer");
    // Without the query: who logs it decides what is kept of it.
    log.debug("answered", {
      method: c.req.method,
      path: c.req.path,
      status: c.res.status,
      ms: clock.now() - began,
    });
  });
  app.get("/healthz", (c) => c.text("ok\n"));
  app.get("/readyz", (c) => {
    const missing = notReady(streams, clock.now(), polls);
    // Probes hold no token; names and messages are for those who do.
    const known = isTrusted(c.req.raw, guard);
    const ready = missing.length === 0;
    return c.json(known ? { ready, missing } : { ready }, ready ? 200 : 503);
  });
  app.get("/metrics", (c) => {
    const exposition = expositionFor(c.req.header("accept") ?? null);
    const { program, meter } = options;
    const measured = measure(streams, { version, nowMs: clock.now(), program, meter, pulls });
    return c.body(exposition.format(measured), 200, {
      "content-type": exposition.contentType,
      "vary": "accept",
    });
  });
  app.get("/", (c) => {
    c.header("content-security-policy", PAGE_POLICY);
    const hasBatch = (served: ServedStream) => pulls.batches.of(served) !== null;
    return c.html(statusPage(streams, { version, startedMs, nowMs: clock.now(), polls, hasBatch }));
  });
  app.get("/v1/events", (c) => answerEvents(c, streams.map(({ stream }) => stream), pulls.events, format));
  app.route("/v1", pullRoutes(streams, pulls));
  app.notFound((c) =>
    problem(404, "usage", `There is nothing for ${c.req.method} at ${JSON.stringify(c.req.path)}`)
  );
  app.onError((error) => problemOf(asGraphtapError(error)));
  return app;
}
