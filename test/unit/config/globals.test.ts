import { describe, expect, it } from "vitest";
import { readPluginPaths } from "../../../src/config/globals.ts";
import { problemsOf, read, small } from "./example.ts";

describe("globals", () => {
  it("has defaults for everything", () => {
    expect(read(small().replace(/^globals:\n {2}id: 12345\n/, "")).globals).toEqual({
      debug: false,
      id: null,
      name: null,
      tagGeneration: "2",
      stateDir: "state",
      quotas: {},
      requestLimits: [],
      allowInsecureUrls: false,
      plugins: [],
    });
  });

  it("is overridden key by key by global_overrides", () => {
    const text = small({
      globals: ["debug: true", "tag_generation: 1", "plugins: [./a.ts]"],
      top: ["global_overrides: {debug: no, quotas: {reports: {requests: '5', seconds: 10}}}"],
    });
    const { globals } = read(text);
    expect(globals).toMatchObject({ id: "12345", debug: false, tagGeneration: "1", plugins: ["./a.ts"] });
    expect(globals.quotas).toEqual({ reports: { requests: 5, seconds: 10 } });
    expect(readPluginPaths(text, {})).toEqual(["./a.ts"]);
  });

  it.each(["~", "~/state", "~graphtap/state"])(
    "refuses the path %s, which would be a folder of that name",
    (path) => {
      const told = expect.stringContaining('expected the whole path: nothing replaces the "~" here');
      const text = small({
        globals: [`persistence: {config: {directory_name: "${path}"}}`, `plugins: [./a.ts, "${path}"]`],
      });
      expect(problemsOf(text)).toEqual([told, told]);
      expect(readPluginPaths(text, {}), "nothing is loaded from there").toEqual(["./a.ts"]);
      expect(problemsOf(small({ globals: [`persistence: {config: {directory_name: "./${path}"}}`] })))
        .toEqual([]);
    },
  );

  it("accepts the old collector's own settings in silence", () => {
    expect(problemsOf(small({
      globals: ["queue_max_size_in_mb: 1024", "multiprocessing: false", "generate_collector_details: true"],
    }))).toEqual([]);
  });
});
