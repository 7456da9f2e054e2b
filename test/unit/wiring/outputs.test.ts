import { describe, expect, it } from "vitest";
import type { OutputConfig } from "../../../src/config/config.ts";
import { lostOutputs, outputNotes } from "../../../src/wiring/outputs.ts";
import type { SinkOptions } from "../../../src/wiring/sink.ts";
import { read, small } from "../config/example.ts";

const none = { address: null, port: null, chain: null, cert: null, key: null };
const outputs: readonly OutputConfig[] = [
  { ...none, name: "devo", type: "devo_platform", address: "collector-us.devo.io", port: 443 },
  { ...none, name: "screen", type: "console" },
];
const config = { ...read(small()), outputs };
const http: SinkOptions = {
  kind: "http",
  url: "https://x/",
  authorization: null,
  body: "lines",
  gzip: false,
  deadLetter: null,
};

describe("outputs that get nothing", () => {
  it.each(["a terminal", "/dev/null", "the journal", "the log of this container"] as const)(
    "are told when standard output is %s",
    (place) => {
      const said = lostOutputs(config, { kind: "stdout" }, place);
      expect(said).toMatch(
        /^NOTHING REACHES outputs\.devo \(collector-us\.devo\.io:443\), outputs\.screen: /,
      );
      expect(said).toContain(`standard output, which is ${place}, and count as delivered`);
      expect(said).toContain('"graphtap up -c config/config.yaml" starts a shipper that carries them');
      expect(said).toContain("graphtap shipper fluent-bit -c config/config.yaml");
    },
  );

  it("are not told where a pipe or a receiver takes the lines, or where the file has none", () => {
    expect(lostOutputs(config, { kind: "stdout" }, null)).toBeNull();
    expect(lostOutputs(config, http, "/dev/null")).toBeNull();
    expect(lostOutputs({ ...config, outputs: [] }, { kind: "stdout" }, "a terminal")).toBeNull();
  });
});

describe("the notes on outputs", () => {
  it("say of each who delivers to it", () => {
    expect(outputNotes({ ...config, outputs: [] })).toEqual([]);
    expect(outputNotes(config)).toEqual([
      "outputs.devo (collector-us.devo.io:443): a shipper delivers there",
      'outputs.screen: nothing goes there, for no shipper delivers to type "console"',
      expect.stringMatching(
        /^graphtap itself delivers to no output: .*"graphtap up -c config.*"graphtap shipper fluent-bit -c config/,
      ),
    ]);
  });

  it.each([
    ["is quoted", "my config.yaml", outputs, "graphtap up -c 'my config.yaml'"],
    ["is standard input", "-", outputs, '"graphtap up", with this configuration in files, starts'],
    [
      "is one of several",
      "a.yaml, b.yaml",
      outputs.map((output) => ({ ...output, file: "a.yaml" })),
      "in files",
    ],
  ])("name a command that can be run, where the file %s", (_, file, outputs, advice) => {
    expect(outputNotes({ ...config, outputs, file }).at(-1)).toContain(advice);
  });

  it("advise no shipper where none could deliver", () => {
    const said = outputNotes({ ...config, outputs: outputs.slice(1) }).at(-1);
    expect(said).toMatch(/or where --to says$/);
  });
});
