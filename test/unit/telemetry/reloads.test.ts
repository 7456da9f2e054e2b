import { expect, it } from "vitest";
import { createReloads } from "../../../src/telemetry/reloads.ts";

it("reloads tell how many there were, and whether the last one is in use", () => {
  let now = 1000;
  const reloads = createReloads(() => now);
  expect(reloads).toMatchObject({ succeeded: 0, failed: 0, isCurrent: true, lastSuccessMs: 1000 });
  now = 2000;
  reloads.failure({ code: "config-invalid", message: "no" });
  expect(reloads).toMatchObject({ succeeded: 0, failed: 1, isCurrent: false, lastSuccessMs: 1000 });
  expect(reloads.problem).toEqual({ atMs: 2000, code: "config-invalid", message: "no" });
  reloads.success();
  expect(reloads).toMatchObject({
    succeeded: 1,
    failed: 1,
    isCurrent: true,
    lastSuccessMs: 2000,
    problem: null,
  });
});
