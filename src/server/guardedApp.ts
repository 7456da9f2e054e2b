import { Hono } from "hono";
import type { Clock } from "../clock.ts";
import type { Log } from "../telemetry/log.ts";
import { type GuardOptions, refusal } from "./guard.ts";
import type { AppBindings } from "./listen.ts";

/** An app without routes but `/healthz`: who may ask, what each answer says of itself, and a line of the log for each. */
export function guardedApp(
  guard: GuardOptions,
  log: Log,
  { now }: Pick<Clock, "now">,
): Hono<AppBindings> {
  const app = new Hono<AppBindings>();
  app.use(async (c, next) => {
    const began = now();
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
      ms: now() - began,
    });
  });
  app.get("/healthz", (c) => c.text("ok\n"));
  return app;
}
