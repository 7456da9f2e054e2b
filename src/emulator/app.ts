import { type Context, Hono } from "hono";
import { answerDiscovery, answerToken } from "./entra/tokenEndpoint.ts";
import { answerAppService, APP_SERVICE_PATH } from "./entra/appService.ts";
import { answerArc, ARC_PATH } from "./entra/arc.ts";
import { answerMetadata } from "./entra/metadataService.ts";
import type { Call, World } from "./world.ts";
import { answerGraph } from "./graph.ts";
import { refuse } from "./graphErrors.ts";

/** What a request brings along. */
export interface AppBindings {
  Bindings: { call: Call };
}

/** The routes of the emulated Entra and Graph, and `admin`, the emulator's own, below `/_emulator/`. */
export function createApp(world: World, admin: Hono): Hono<AppBindings> {
  const app = new Hono<AppBindings>();
  const graph = (c: Context<AppBindings>) => answerGraph(c.req.raw, c.env.call, world);
  const noMethod = (c: Context<AppBindings>) =>
    refuse(
      {
        status: 405,
        code: "Request_BadRequest",
        message: "Specified HTTP method is not allowed for the request target.",
      },
      c.env.call,
      world.clock,
    );

  app.post("/:tenant/oauth2/v2.0/token", (c) => answerToken(c.req.raw, c.env.call, world));
  app.get(
    "/:tenant/v2.0/.well-known/openid-configuration",
    (c) => answerDiscovery(c.req.raw, c.env.call, world),
  );
  app.get("/:tenant/discovery/v2.0/keys", (c) => c.json({ keys: [] }));
  app.get("/metadata/identity/oauth2/token", (c) => answerMetadata(c.req.raw, c.env.call, world));
  app.get(APP_SERVICE_PATH, (c) => answerAppService(c.req.raw, c.env.call, world));
  app.get(ARC_PATH, (c) => answerArc(c.req.raw, c.env.call, world));
  for (const path of ["/v1.0/*", "/beta/*"]) app.get(path, graph).post(path, graph).all(path, noMethod);
  app.route("/_emulator", admin);
  app.get(
    "/",
    (c) => c.text("An emulated Microsoft Graph and Entra. Its own routes are below /_emulator/.\n"),
  );
  // Failures reach whoever called fetch(), as a bug should.
  app.onError((error) => {
    throw error;
  });
  return app;
}
