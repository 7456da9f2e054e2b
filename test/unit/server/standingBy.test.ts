import { expect, it } from "vitest";
import { createStandingBy } from "../../../src/server/standingBy.ts";
import { createLog } from "../../../src/telemetry/log.ts";

const app = (token: string | null) =>
  createStandingBy({
    guard: { loopback: true, token },
    log: createLog({ format: "text", level: "error", write: () => {}, now: () => 0 }),
    clock: { now: () => 0 },
    holder: () => "process 7 on tap-a",
    version: "1.2.3",
    program: { runtime: "node", startedMs: 1000 },
  });
const ask = (path: string, token: string | null = null) =>
  app(token).request(`http://127.0.0.1${path}`, { headers: { host: "127.0.0.1" } });

it.each([
  ["/healthz", 200, "ok"],
  ["/readyz", 503, "standing by: process 7 on tap-a has the state folder"],
  ["/metrics", 200, "graphtap_standing_by 1\n"],
  ["/", 503, "standing by: process 7 on tap-a"],
  ["/v1/status", 503, "standing by: process 7 on tap-a"],
  ["/v1/pull", 503, "standing by: process 7 on tap-a"],
])("a server that stands by answers %s with %i", async (path, status, words) => {
  const answer = await ask(path);
  expect(answer.status).toBe(status);
  expect(await answer.text()).toContain(words);
});

it("tells a probe without the token no names", async () => {
  const answer = await ask("/readyz", "0123456789abcdef");
  expect(answer.status).toBe(503);
  expect(await answer.json()).toEqual({ ready: false });
});
