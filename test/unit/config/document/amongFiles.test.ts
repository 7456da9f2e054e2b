import { describe, expect, it } from "vitest";
import { loadFiles, parseFiles } from "../../../../src/config/load.ts";
import { problemLine } from "../../../../src/config/document/problems.ts";
import { GraphtapError } from "../../../../src/errors.ts";
import { CLIENT, options, secretOf, TENANT } from "../example.ts";

const GLOBALS = `globals: {id: 1, credentials: {client_id: ${CLIENT}, client_secret: {file: shared.txt}}}\n`;
const tenant = (name: string, id: number, more = "") =>
  `inputs:\n  ${name}:\n    id: ${id}\n    tenant_id: ${TENANT}\n${more}    services:\n      signIns: {}\n`;

/** What files come to, by their names. */
function read(texts: Readonly<Record<string, string>>, files: Readonly<Record<string, string>> = {}) {
  const given = { ...options({ "c/shared.txt": "s3cr3t~shared", ...files }), file: "c" };
  const parts = Object.entries(texts).map(([name, text]) => ({ file: `c/${name}`, text }));
  const { config, problems } = parseFiles(parts, given);
  return { config, said: problems.map((problem) => problemLine("c", problem)) };
}

describe("a configuration of several files", () => {
  it("has the globals of one and the inputs of all, in their order", () => {
    const { config, said } = read({ "a.yaml": tenant("a", 1), "b.yaml": GLOBALS, "c.yaml": tenant("c", 3) });
    expect(said).toEqual([]);
    expect(config).toMatchObject({ file: "c", globals: { id: "1" }, inputs: [{ name: "a" }, { name: "c" }] });
    expect(config!.inputs.map(({ credentials }) => secretOf(credentials))).toEqual([
      "s3cr3t~shared",
      "s3cr3t~shared",
    ]);
  });

  it("reads relative paths from the file that they stand in", () => {
    const own = `    credentials: {client_id: ${CLIENT}, client_secret: {file: own.txt}}\n`;
    const { config, said } = read(
      { "a.yaml": GLOBALS, "sub/b.yaml": tenant("b", 2, own) },
      { "c/sub/own.txt": "s3cr3t~own" },
    );
    expect(said).toEqual([]);
    expect(secretOf(config!.inputs[0]!.credentials)).toBe("s3cr3t~own");
  });

  it("says of each problem in which file it is", () => {
    const { config, said } = read({
      "a.yaml": GLOBALS.replace("id: 1", "debug: maybe"),
      "b.yaml": tenant("b", 2).replace("signIns: {}", "signInz: {}"),
      "c.yaml": "inputs: {\n",
      "d.yaml": tenant("d", 4).replace("signIns: {}", "signIns: {request_period_in_seconds: 1}"),
    });
    expect(config).toBeNull();
    expect(said).toEqual([
      'c/a.yaml:1:18: globals.debug: found "maybe", expected true or false',
      expect.stringMatching(/^c\/b\.yaml:6:7: inputs\.b\.services\.signInz: unknown service/),
      expect.stringMatching(/^c\/c\.yaml:2:1: /),
      expect.stringMatching(/^c\/d\.yaml:6:44: .*found 1, expected a whole number of seconds, 60 or more$/),
    ]);
  });

  it("has no two inputs of one name or one id, and says where both are", () => {
    const { said } = read({
      "a.yaml": GLOBALS,
      "b.yaml": tenant("same", 7),
      "c.yaml": tenant("same", 8),
      "d.yaml": tenant("other", 7),
    });
    expect(said).toEqual([
      "c/c.yaml:2:3: inputs.same: an input of this name stands in c/b.yaml:2:3, too; rename one",
      'c/d.yaml:3:9: inputs.other.id: inputs.same in c/b.yaml:3:5 has the id "7", too; give each its own',
    ]);
  });

  it.each([
    ["globals", "globals: {debug: true}\n", "c/a.yaml:1:1"],
    ["global_overrides", "global_overrides: {debug: true}\n", "c/a.yaml:1:1"],
    ["outputs", "outputs: {devo: {config: {address: b}}}\n", "c/a.yaml:2:1"],
  ])("has %s in one file only", (block, text, first) => {
    const outputs = "outputs: {devo: {config: {address: a}}}\n";
    const { said } = read({ "a.yaml": GLOBALS + outputs, "b.yaml": text + tenant("b", 2) });
    expect(said).toEqual([`c/b.yaml:1:1: ${block}: stands in ${first}, too; one file has it for all`]);
  });

  it("names the file of its outputs, whose certificates lie beside it", () => {
    const outputs = "outputs: {devo: {config: {address: a}}}\n";
    const { config } = read({ "a.yaml": GLOBALS, "b.yaml": outputs + tenant("b", 2) });
    expect(config!.outputs).toMatchObject([{ name: "devo", file: "c/b.yaml" }]);
  });

  it("may have files whose inputs are all switched off, but not only such", () => {
    const off = (name: string, id: number) => tenant(name, id, "    enabled: false\n");
    expect(read({ "a.yaml": GLOBALS, "b.yaml": off("b", 1), "c.yaml": tenant("c", 2) }).said).toEqual([]);
    expect(read({ "a.yaml": GLOBALS, "b.yaml": off("b", 1), "c.yaml": off("c", 2) }).said).toEqual([
      "c/b.yaml:1:1: inputs: no input is enabled; set enabled: true in one",
    ]);
  });

  it("has inputs in one of its files", () => {
    expect(read({ "a.yaml": GLOBALS, "b.yaml": "outputs: {}\n" }).said).toEqual([
      expect.stringMatching(/^c\/a\.yaml: inputs: is missing or empty/),
    ]);
  });

  it("does not judge inputs by globals that cannot be read", () => {
    expect(read({ "a.yaml": "globals: {\n", "b.yaml": tenant("b", 2) }).said).toEqual([
      expect.stringMatching(/^c\/a\.yaml:2:1: /),
    ]);
  });

  it("tells a file that cannot be read among the problems of the others", () => {
    const missing = new GraphtapError("config-missing", "Cannot read it");
    const parts = [{ file: "a.yaml", text: missing }, { file: "b.yaml", text: "inputs: no\n" }];
    expect(() => loadFiles(parts, options())).toThrow(
      /a\.yaml: Cannot read it\nb\.yaml:1:9: inputs: found a text/,
    );
  });
});
