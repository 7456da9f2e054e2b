import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import * as z from "zod";
import { configJsonSchema } from "../../../src/config/schema.ts";
import { jsonExample, registry, small, yamlExample } from "./example.ts";

interface Node {
  readonly [key: string]: unknown;
  readonly properties: Readonly<Record<string, Node>>;
  readonly additionalProperties: Node;
  readonly $defs: Readonly<Record<string, Node>>;
}
const schema = configJsonSchema(registry) as Node;
const validator = z.fromJSONSchema(schema as z.core.JSONSchema.JSONSchema);
const input = schema.properties["inputs"]!.additionalProperties;
/** zod takes unknown keys wherever a schema has an allOf, so what stands beside it is asked by itself, too. */
const besideAllOf = z.fromJSONSchema(
  JSON.parse(JSON.stringify(schema, (key, value) => key === "allOf" ? undefined : value)),
);
const accepts = (value: unknown) => [validator, besideAllOf].every((one) => one.safeParse(value).success);

describe("the JSON Schema", () => {
  it.each([["the YAML example", yamlExample], ["the cloud form", jsonExample], ["a small file", small()]])(
    "accepts %s",
    (_, text) => {
      expect(validator.safeParse(parse(text)).error?.issues).toBeUndefined();
    },
  );

  it("accepts an input that names its tenant only", () => {
    expect(accepts(parse("inputs: {a: {id: 1, tenant_id: x, services: {}}}"))).toBe(true);
  });

  it.each([
    ["request_period_in_seconds: ${PERIOD}"],
    ["enabled: ${ON:-yes}"],
    ["override_query_window_max_seconds: ${WINDOW}"],
    ["start_time_in_utc: ${FROM}"],
  ])("accepts a reference in the place of a value: %s", (line) => {
    expect(accepts(parse(small({ services: ["signIns:", `  ${line}`] })))).toBe(true);
    expect(accepts(parse(small({ services: ["signIns:", `  ${line.replace(/[${}]/g, "~")}`] })))).toBe(
      line.startsWith("start_time"),
    );
  });

  it("accepts a reference in the place of a word", () => {
    const cloud = (word: string) => accepts(parse(small({ input: [`override_top_level_domain: ${word}`] })));
    expect(["us", "${CLOUD}", "uk"].map(cloud)).toEqual([true, true, false]);
  });

  it.each([
    ["an input without credentials", "inputs: {a: {id: 1, services: {}}}"],
    ["two kinds of credentials", small().replace(/client_secret: .*/, "$&\n      azure_cli: true")],
    ["an unknown key in an input", small({ input: ["bogus: 1"] })],
    ["an unknown service", small({ services: ["signInz: {}"] })],
    ["a short period", small({ services: ["signIns: {request_period_in_seconds: 5}"] })],
    ["no inputs", "globals: {}"],
  ])("refuses %s", (_, text) => {
    expect(accepts(parse(text))).toBe(false);
  });

  it("names every service, for editors to complete", () => {
    const services = input.properties["services"]!.properties;
    expect(Object.keys(services)).toEqual(registry.names());
    expect(services["signIns"]).toMatchObject({ title: "Microsoft Entra sign-ins (interactive)" });
    expect(services["signIn"]).toMatchObject({ title: "Older name of signIns", deprecated: true });
  });

  it("describes every key, and gives units, defaults and examples", () => {
    const blocks = [schema.properties["globals"]!, input, schema.$defs["service"]!];
    for (const block of blocks) {
      for (const [key, property] of Object.entries(block.properties)) {
        expect([key, typeof property["description"]]).toEqual([key, "string"]);
      }
    }
    expect(schema.$defs["service"]!.properties).toMatchObject({
      request_period_in_seconds: { default: 300, unit: "seconds" },
      start_time_in_utc: { examples: ["2026-01-01T00:00:00Z"] },
      start_time: { deprecated: true },
    });
    expect(schema.properties["globals"]!.properties["tag_generation"]).toMatchObject({ default: "2" });
  });

  it("is the same however often it is asked for", () => {
    expect(configJsonSchema(registry)).toEqual(schema);
  });
});
