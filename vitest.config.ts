import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Builds dist/main.js, if it is older than the sources, for the tests that start it.
    globalSetup: ["test/support/builtProgram.ts"],
    // Deno runs vitest only with forked workers.
    pool: "forks",
    testTimeout: 20_000,
    hookTimeout: 30_000,
  },
});
