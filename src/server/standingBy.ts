/** What a server answers while another process has the state folder: that it lives, and why it is not ready. */
import type { Hono } from "hono";
import type { Clock } from "../clock.ts";
import { expositionFor } from "../telemetry/exposition.ts";
import type { Log } from "../telemetry/log.ts";
import { type GuardOptions, isTrusted } from "./guard.ts";
import { guardedApp } from "./guardedApp.ts";
import type { AppBindings } from "./listen.ts";
import { problem } from "./problem.ts";
import type { ProcessFigures } from "./status/processSamples.ts";
import type { Readiness } from "./status/readiness.ts";
import { one } from "./status/samples.ts";

export interface StandingByOptions {
  readonly guard: GuardOptions;
  readonly log: Log;
  readonly clock: Pick<Clock, "now">;
  /** Who has the state folder, in words. */
  readonly holder: () => string;
  readonly version: string;
  readonly program: Pick<ProcessFigures, "runtime" | "startedMs">;
}

/** The routes of `graphtap serve --wait` until it takes over. Its page comes then: nothing is known of streams before. */
export function createStandingBy(options: StandingByOptions): Hono<AppBindings> {
  const { guard, version, program: { runtime, startedMs } } = options;
  const detail = () => `standing by: ${options.holder()} has the state folder`;
  const app = guardedApp(guard, options.log, options.clock);
  app.get("/readyz", (c) => {
    const missing = [{ input: null, service: null, code: "state-in-use", detail: detail() }];
    const readiness: Readiness = { ready: false, missing, degraded: [], gaps: [], lost: [] };
    return c.json(isTrusted(c.req.raw, guard) ? readiness : { ready: false }, 503);
  });
  app.get("/metrics", (c) => {
    const exposition = expositionFor(c.req.header("accept") ?? null);
    const measured = {
      graphtap_standing_by: one(1),
      graphtap_build_info: one(1, { version, runtime }),
      process_start_time_seconds: one(startedMs / 1000),
    };
    return c.body(exposition.format(measured), 200, {
      "content-type": exposition.contentType,
      "vary": "accept",
    });
  });
  app.get("/", (c) => c.text(`graphtap ${version}, ${detail()}\n`, 503));
  app.notFound(() => problem(503, "state-in-use", detail(), { "retry-after": "1" }));
  return app;
}
