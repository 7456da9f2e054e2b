import { describe, expect, it } from "vitest";
import { configJsonSchema } from "../../../src/config/schema.ts";
import { parseConfig } from "../../../src/config/load.ts";
import { options, problemsOf, registry, small } from "./example.ts";

const service = (line: string) => small({ services: [`signIns: {${line}}`] });
const settings = (text: string) => parseConfig(text, options()).config?.inputs[0]?.services[0];

describe("the re-reads of a service", () => {
  it.each([
    ["reread_after_seconds: [300, 900], reread_max_seconds: 7200", [300, 900], 7200],
    ["sweep_after_seconds: [300, 900], sweep_max_seconds: 7200", [300, 900], 7200],
    ["sweep_after_seconds: [], reread_max_seconds: 60", [], 60],
    ["", null, null],
  ])("of {%s} are those", (line, rereadAfterSeconds, rereadMaxSeconds) => {
    expect(settings(service(line))).toMatchObject({ rereadAfterSeconds, rereadMaxSeconds });
  });

  it("have one name that is current, and an old one that is warned of, with the line to change", () => {
    expect(problemsOf(service("reread_after_seconds: [300], reread_max_seconds: 600"))).toEqual([]);
    expect(problemsOf(service("sweep_after_seconds: [300], sweep_max_seconds: 600"))).toEqual([
      "11:17 warning inputs.a.services.signIns.sweep_after_seconds: deprecated; write reread_after_seconds in line 11",
      "11:45 warning inputs.a.services.signIns.sweep_max_seconds: deprecated; write reread_max_seconds in line 11",
    ]);
  });

  it("are warned of once, however many services have the old name", () => {
    const services = ["signIns:", "  sweep_max_seconds: 600", "alerts_v2: {sweep_max_seconds: 600}"];
    expect(problemsOf(small({ services }))).toEqual([
      "12:9 warning inputs.a.services.signIns.sweep_max_seconds: " +
      "deprecated; write reread_max_seconds in line 12 (and in 1 more)",
    ]);
  });

  it.each([["after", "[300]"], ["max", "600"]])("are a problem by both names of %s", (which, value) => {
    const text = service(`sweep_${which}_seconds: ${value}, reread_${which}_seconds: ${value}`);
    expect(problemsOf(text)).toEqual([
      `11:17 error inputs.a.services.signIns.sweep_${which}_seconds: is the old name of ` +
      `reread_${which}_seconds, which is given, too; keep reread_${which}_seconds`,
    ]);
  });

  it.each(["sweep", "reread"])("are judged by either name: %s", (name) => {
    const at = `inputs.a.services.signIns.${name}_after_seconds`;
    const errors = (line: string) => problemsOf(service(line)).filter((problem) => problem.includes("error"));
    expect(errors(`${name}_after_seconds: [900, 300]`)).toEqual([
      expect.stringContaining(`${at}: found a list, expected ages that grow from each to the next`),
    ]);
    expect(errors(`${name}_after_seconds: [59]`)).toEqual([
      expect.stringContaining(`${at}.0: found 59, expected a whole number of seconds, 60 or more`),
    ]);
  });

  it("have their old names marked as deprecated for editors", () => {
    const { $defs } = configJsonSchema(registry) as { $defs: { service: { properties: object } } };
    expect($defs.service.properties).toMatchObject({
      sweep_after_seconds: { deprecated: true, description: "Old name of reread_after_seconds." },
      sweep_max_seconds: { deprecated: true, description: "Old name of reread_max_seconds." },
    });
    expect($defs.service.properties).not.toHaveProperty("reread_after_seconds.deprecated");
  });

  it("are not offered by their old names", () => {
    expect(problemsOf(service("bogus: 1")).join()).toMatch(/known: .*reread_after_seconds/);
    expect(problemsOf(service("bogus: 1")).join()).not.toContain("sweep");
  });
});
