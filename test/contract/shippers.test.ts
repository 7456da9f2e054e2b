/** What a shipper refuses, or delivers twice: components of one name, and matches that overlap. */
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { fluentBitConfig, fluentBitFiles } from "../../src/shipper/fluentBit.ts";
import { EXAMPLE, EXAMPLE_HTTP, WAYS_IN } from "../../src/shipper/settings.ts";
import { vectorConfig, vectorFiles } from "../../src/shipper/vector.ts";

/** Two outputs as a user may have them: Devo and a relay of the house. */
const SETTINGS = [
  ["one output", EXAMPLE],
  ["several outputs", {
    ...EXAMPLE,
    destinations: [...EXAMPLE.destinations, { address: "10.0.0.7", port: 514, tls: null }],
  }],
] as const;

/** What stands more than once in a list. */
const twice = (names: readonly unknown[]) => names.filter((name, index) => names.indexOf(name) !== index);

type Block = Readonly<Record<string, unknown>>;

/** What is wrong with the names of a configuration of Vector, given as its files: it merges them. */
function wrongInVector(texts: readonly string[]): string[] {
  const kinds = ["sources", "transforms", "sinks"] as const;
  // A key that a file has twice is refused by the parser.
  const files = texts.map((text) => parse(text) as Partial<Record<(typeof kinds)[number], Block>>);
  const components = files.flatMap((file) => kinds.flatMap((kind) => Object.entries(file[kind] ?? {})));
  const names = components.map(([name]) => name);
  const read = components.flatMap(([name, block]) => {
    const inputs = (block as { inputs?: readonly string[] }).inputs ?? [];
    return [
      ...twice(inputs).map((input) => `${name} reads ${String(input)} twice`),
      ...inputs.filter((input) => !names.includes(input.replace(/\.dropped$/, "")))
        .map((input) => `${name} reads ${input}, which is not there`),
    ];
  });
  return [...twice(names).map((name) => `two components are called ${String(name)}`), ...read];
}

interface FluentBit {
  readonly service: Block;
  readonly pipeline: { readonly inputs?: readonly Block[]; readonly outputs?: readonly Block[] };
}

/** What is wrong with the names of a configuration of Fluent Bit, given as its files: it includes them. */
function wrongInFluentBit(texts: readonly string[]): string[] {
  const files = texts.map((text) => parse(text) as FluentBit);
  const inputs = files.flatMap(({ pipeline }) => pipeline.inputs ?? []);
  const outputs = files.flatMap(({ pipeline }) => pipeline.outputs ?? []);
  const ports = [...files.map(({ service }) => service?.["http_port"]), ...inputs.map(({ port }) => port)];
  // As Fluent Bit reads it: a star is any text.
  const matches = ({ match }: Block, tag: unknown) =>
    new RegExp(`^${String(match).split("*").map((part) => part.replace(/\W/g, "\\$&")).join(".*")}$`).test(
      String(tag),
    );
  const ends = inputs.flatMap(({ tag }) =>
    twice(
      outputs.filter((output) => matches(output, tag)).map(({ host, port, file }) =>
        `${host}:${port} ${file}`
      ),
    )
  );
  const idle = outputs.filter((output) => !inputs.some(({ tag }) => matches(output, tag)));
  return [
    ...twice([...inputs, ...outputs].map(({ alias }) => alias)).map((name) =>
      `two are called ${String(name)}`
    ),
    ...twice(inputs.map(({ tag }) => tag)).map((tag) => `two inputs have the tag ${String(tag)}`),
    ...twice(ports.filter((port) => port !== undefined)).map((port) => `two listen on ${String(port)}`),
    ...ends.map((end) => `two outputs send the same lines to ${String(end)}`),
    ...idle.map(({ alias }) => `${String(alias)} gets nothing`),
  ];
}

const isWayOut = (name: string) => name.startsWith("to-");

describe("no two components have one name, and no line two ways to one place", () => {
  const vector = vectorFiles();
  const [vectorOuts, vectorIns] = [true, false].map((out) =>
    Object.keys(vector).filter((name) => isWayOut(name) === out && name !== "tests.yaml")
  ) as [string[], string[]];
  it.each(vectorIns.flatMap((way) => vectorOuts.map((out) => [way, out] as const)))(
    "vector/%s with vector/%s",
    (way, out) => {
      expect(wrongInVector([vector[way]!, vector[out]!])).toEqual([]);
    },
  );

  const byHttp = ["the HTTP endpoint", { ...EXAMPLE, destinations: [], devoHttp: EXAMPLE_HTTP }] as const;
  it.each(
    [...SETTINGS, byHttp].flatMap(([what, settings]) =>
      WAYS_IN.filter((via) => via !== "stdin").map((via) => [via, what, settings] as const)
    ),
  )("Vector via %s, %s", (via, _, settings) => {
    expect(wrongInVector([vectorConfig(settings, via, "A head.")])).toEqual([]);
  });

  const fluentBit = fluentBitFiles();
  const [outs, ins] = [true, false].map((out) =>
    Object.keys(fluentBit).filter((name) => isWayOut(name) === out)
  ) as [string[], string[]];
  it.each(ins.flatMap((way) => outs.map((out) => [way, out] as const)))(
    "fluent-bit/%s with fluent-bit/%s",
    (way, out) => {
      expect(wrongInFluentBit([fluentBit[way]!, fluentBit[out]!])).toEqual([]);
    },
  );

  it.each(SETTINGS.flatMap(([what, settings]) => WAYS_IN.map((via) => [via, what, settings] as const)))(
    "Fluent Bit via %s, %s",
    (via, _, settings) => {
      expect(wrongInFluentBit([fluentBitConfig(settings, via, "A head.")])).toEqual([]);
    },
  );
});

describe("the look at names", () => {
  it("finds what Vector refuses", () => {
    const clash = "sources: {a: {}}\ntransforms: {log: {inputs: [a]}}\nsinks: {log: {inputs: [log, log, b]}}";
    expect(wrongInVector([clash, "sinks: {out: {inputs: [a]}}", "sinks: {out: {inputs: [a]}}"])).toEqual([
      "two components are called log",
      "two components are called out",
      "log reads log twice",
      "log reads b, which is not there",
    ]);
  });

  it("finds what Fluent Bit delivers twice", () => {
    const output = "{alias: devo, match: 'graph*', host: h, port: 1}";
    const text = `service: {http_port: 2020}
pipeline:
  inputs: [{alias: graphtap, tag: graphtap, port: 2020}, {alias: b, tag: graphtap}]
  outputs: [${output}, ${output.replace("'graph*'", "graphtap")}, {alias: c, match: other}]`;
    expect(wrongInFluentBit([text])).toEqual([
      "two are called devo",
      "two inputs have the tag graphtap",
      "two listen on 2020",
      "two outputs send the same lines to h:1 undefined",
      "two outputs send the same lines to h:1 undefined",
      "c gets nothing",
    ]);
  });
});
