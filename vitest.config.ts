import { existsSync } from "node:fs";
import { defineConfig, defineProject } from "vitest/config";

/** Rooms whose tests start `dist/main.js`: it is built before, if it is older than the sources. */
const NEEDS_PROGRAM = ["fault", "e2e", "bench"];

/** Tests of a room below `test/`, to be run alone by `vitest run --project ROOM`. */
const room = (name: string) =>
  defineProject({
    test: {
      name,
      include: [`test/${name}/**/*.test.ts`],
      globalSetup: NEEDS_PROGRAM.includes(name) ? ["test/support/builtProgram.ts"] : [],
      // Deno runs vitest only with forked workers.
      pool: "forks",
      // Their folders are in memory: what a disk does is asked in e2e/crash.
      env: ["unit", "property"].includes(name) && existsSync("/dev/shm") ? { TMPDIR: "/dev/shm" } : {},
      // They change nothing that outlives them, and to load every module for each file anew takes longer than they do.
      isolate: name !== "unit",
      // They end a hang; no test is judged by them.
      testTimeout: name === "unit" ? 20_000 : 120_000,
      hookTimeout: 60_000,
    },
  });

export default defineConfig({
  test: { projects: ["unit", "property", "contract", "fault", "e2e", "bench"].map(room) },
});
