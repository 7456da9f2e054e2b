import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import * as z from "zod";
import { configJsonSchema } from "../../../src/config/schema.ts";
import { CLIENT, options, problemsOf, read, registry, TENANT } from "./example.ts";

/** A file with one block of tenants; it stands from line 9 on. */
const file = (tenants: readonly string[], services = ["signIns: {}"], more: readonly string[] = []) =>
  [
    `globals: {credentials: {client_id: ${CLIENT}, client_secret: s3cr3t~value}}`, // 1
    "inputs:", //                              2
    "  customers:", //                         3
    "    environment: prod", //                4
    "    services:", //                        5
    ...services.map((line) => `      ${line}`), // 6
    "    tenants:", //                         7
    ...tenants.map((line) => `      ${line}`),
    ...more.map((line) => `  ${line}`),
    "",
  ].join("\n");
const contoso = `- {name: contoso, id: 1, tenant_id: ${TENANT}}`;
const fabrikam = `- {name: fabrikam, id: 2, tenant_id: fabrikam.com, environment: test}`;

describe("a list of tenants", () => {
  it("is an input for each, with what the block has beside it", () => {
    const { inputs, warnings } = read(file([contoso, fabrikam], ["signIns: {}", "alerts_v2: {}"]));
    expect(warnings).toEqual([]);
    expect(inputs).toMatchObject([
      { name: "contoso", id: "1", environment: "prod", credentials: { tenantId: TENANT } },
      { name: "fabrikam", id: "2", environment: "test", credentials: { tenantId: "fabrikam.com" } },
    ]);
    expect(inputs.map(({ services }) => services.map(({ name }) => name))).toEqual([
      ["signIns", "alerts_v2"],
      ["signIns", "alerts_v2"],
    ]);
  });

  it("may hold one that is switched off, whose problems are not told", () => {
    const off = "- {name: gone, id: 3, enabled: false, tenant_id: '<tenant>', environment: '${NOWHERE}'}";
    const text = file([contoso, off]);
    expect(problemsOf(text)).toEqual([]);
    expect(read(text).inputs.map(({ name, enabled }) => [name, enabled])).toEqual([
      ["contoso", true],
      ["gone", false],
    ]);
  });

  it("tells what is wrong with a tenant where it stands", () => {
    expect(problemsOf(file([
      contoso,
      "- {name: a, tenant_id: fabrikam.com}",
      "- {name: b, id: 1, tenant_id: fabrikam.com, bogus: 1}",
      "- {name: c, id: 4, tenant_id: '${TENANT_C}'}",
      "- {name: d, id: 5, tenant_id: <tenant>}",
    ]))).toEqual([
      expect.stringMatching(/^9:9 error inputs\.customers\.tenants\.1\.id: is missing/),
      expect.stringMatching(/^10:23 error inputs\.customers\.tenants\.2\.id: .* share the id "1"/),
      expect.stringMatching(/^10:51 error inputs\.customers\.tenants\.2\.bogus: unknown key "bogus"/),
      expect.stringMatching(/^11:37 error inputs\.customers\.tenants\.3\.tenant_id: .*"TENANT_C" is not set/),
      expect.stringMatching(/^12:37 error inputs\.customers\.tenants\.4\.tenant_id: holds a placeholder/),
    ]);
  });

  it("tells what is wrong with what they share once, where it stands", () => {
    expect(
      problemsOf(
        file([contoso, fabrikam], ["signInz: {}", "alerts_v2: {request_period_in_seconds: '${P}'}"]),
      ),
    )
      .toEqual([
        expect.stringMatching(/^6:7 error inputs\.customers\.services\.signInz: unknown service/),
        expect.stringMatching(/^7:46 error inputs\.customers\.services\.alerts_v2\..*"P" is not set/),
      ]);
  });

  it.each([
    ["no list", "tenants: all", /tenants: found a text, expected a list of tenants/],
    ["an empty list", "tenants: []", /tenants: found an empty list, expected a list/],
    [
      "a list of texts",
      "tenants: [contoso]",
      /tenants\.0: found a text, expected a map with name, id and tenant_id/,
    ],
    [
      "one without a name",
      "tenants: [{id: 1}]",
      /tenants\.0\.name: is missing; expected the name of the input/,
    ],
    [
      "a number as a name",
      "tenants: [{name: 1, id: 1}]",
      /tenants\.0\.name: found a number; expected the name/,
    ],
  ])("is refused when it is %s", (_, tenants, said) => {
    const text = file([], ["signIns: {}"]).replace("tenants:", tenants);
    expect(problemsOf(text)).toEqual([expect.stringMatching(said)]);
  });

  it("has no name of another input", () => {
    const other = `contoso: {id: 9, tenant_id: ${TENANT}, services: {signIns: {}}}`;
    expect(problemsOf(file([contoso, contoso.replace("id: 1", "id: 3")], undefined, [other]))).toEqual([
      '9:16 error inputs.customers.tenants.1.name: an input named "contoso" stands before it; rename one',
      '10:12 error inputs.contoso: an input named "contoso" stands before it; rename one',
    ]);
  });

  it("is known to editors", () => {
    const schema = z.fromJSONSchema(configJsonSchema(registry) as z.core.JSONSchema.JSONSchema);
    const accepts = (text: string) => schema.safeParse(parse(text)).success;
    expect(accepts(file([contoso, fabrikam]))).toBe(true);
    expect(accepts(file(["- {name: contoso}"]))).toBe(false);
    expect(accepts("inputs: {a: {tenant_id: x, services: {}}}"), "no id").toBe(false);
  });

  it("reads relative paths and variables like any input", () => {
    const text = file([`- {name: a, id: "\${ID}", tenant_id: ${TENANT}}`]);
    expect(read(text, options({}, { ID: "77" })).inputs[0]!.id).toBe("77");
  });
});
