import { existsSync } from "node:fs";
import process from "node:process";
import { defineConfig, defineProject } from "vitest/config";

/** Rooms whose tests start `dist/main.js`: it is built before, if it is older than the sources. */
const NEEDS_PROGRAM = ["fault", "e2e", "bench"];
/** Rooms whose folders are in memory: what a disk does is asked in `e2e/crash`. */
const IN_MEMORY = ["unit", "property"];

/** Tests of a room below `test/`, to be run alone by `vitest run --project ROOM`. */
const room = (name: string) =>
  defineProject({
    test: {
      name,
      include: [`test/${name}/**/*.test.ts`],
      globalSetup: NEEDS_PROGRAM.includes(name) ? ["test/support/builtProgram.ts"] : [],
      env: IN_MEMORY.includes(name) && existsSync("/dev/shm") ? { TMPDIR: "/dev/shm" } : {},
      // Deno runs vitest only with forked workers.
      pool: "forks",
      // They change nothing that outlives them, and to load every module for each file anew takes longer than they do.
      isolate: name !== "unit",
      // Node 20 compiles for speed what ran a little; of code that is over in a moment that is a fifth of the work.
      execArgv: name === "unit" && process.version.startsWith("v20.") ? ["--interrupt-budget=2000000"] : [],
      // They end a hang; no test is judged by them.
      testTimeout: name === "unit" ? 20_000 : 120_000,
      hookTimeout: 60_000,
    },
  });

export default defineConfig({
  test: {
    projects: ["unit", "property", "contract", "fault", "e2e", "bench"].map(room),
    // What TypeScript became is kept in node_modules.
    experimental: { fsModuleCache: !("Deno" in globalThis) },
  },
});
