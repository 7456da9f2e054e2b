import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { yamlList, yamlText } from "../../../src/shipper/quote.ts";
import { fluentBitConfig } from "../../../src/shipper/fluentBit.ts";
import { EXAMPLE } from "../../../src/shipper/settings.ts";
import { vectorConfig } from "../../../src/shipper/vector.ts";
import { ODD } from "../../support/oddWords.ts";

describe("quoting", () => {
  it.each(ODD)("gives YAML %j back", (text) => {
    for (const version of ["1.1", "1.2"] as const) {
      expect(parse(`key: ${yamlText(text)}\nlist: ${yamlList([text, text])}\n`, { version })).toEqual({
        key: text,
        list: [text, text],
      });
    }
  });
});

describe("a path", () => {
  const withConfig = (config: string) => ({ ...EXAMPLE, config });

  it("with spaces and quotes arrives in the command of Vector", () => {
    const path = `/opt/my "tap"/it's/config.yaml`;
    const { sources } = parse(vectorConfig(withConfig(path), "exec", "")) as {
      sources: { graphtap_exec: { command: string[] } };
    };
    expect(sources.graphtap_exec.command).toContain(path);
  });

  it.each([
    ["Fluent Bit", "/opt/${HOME}/c.yaml"],
    ["Fluent Bit", "/opt/a\nb/c.yaml"],
    ["Vector", "/opt/$HOME/c.yaml"],
    ["Vector", "/opt/{{tag}}/c.yaml"],
    ["Vector", "/opt/SECRET[a.b]/c.yaml"],
    ["Vector", "/opt/a\x07b/c.yaml"],
  ])("that %s would change is refused: %j", (shipper, path) => {
    const write = shipper === "Vector" ? vectorConfig : fluentBitConfig;
    expect(() => write(withConfig(path), "exec", "")).toThrow(/Cannot write .* into a configuration of/);
  });

  it("of the file with the token that Vector would change is refused", () => {
    const devoHttp = { endpoint: "http-us.devo.io", secret: "/opt/{{x}}/devo-http.json" };
    expect(() => vectorConfig({ ...EXAMPLE, devoHttp }, "http", "")).toThrow("Cannot write");
  });

  it.each([["Fluent Bit", fluentBitConfig], ["Vector", vectorConfig]] as const)(
    "of a spool that %s would read as a pattern is refused",
    (_, write) => {
      expect(() => write({ ...EXAMPLE, spool: "/spool/[1]/events.log" }, "file", "")).toThrow("Cannot write");
    },
  );
});
