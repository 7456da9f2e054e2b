import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { shellCommand, yamlList, yamlText } from "../../../src/shipper/quote.ts";
import { fluentBitConfig } from "../../../src/shipper/fluentBit.ts";
import { EXAMPLE } from "../../../src/shipper/settings.ts";
import { vectorConfig } from "../../../src/shipper/vector.ts";

const ODD = [
  "plain",
  '/with space/it\'s "quoted"',
  "a: b",
  "a #b",
  "- item",
  "--flag",
  "*star",
  "&anchor",
  "!tag",
  "%percent",
  "@at",
  "`tick`",
  "{a}",
  "[a]",
  "a,b",
  "yes",
  "off",
  "null",
  "~",
  "12",
  "1e3",
  "0x1f",
  "$HOME",
  "$(reboot)",
  "back\\slash\\n",
  " edges ",
  "",
  "ünïcode 😀",
  "line\u2028separator\uFEFF",
  "trailing:",
  "!history!",
  "a;b|c&d>e<f",
];

describe("quoting", () => {
  it.each(ODD)("gives YAML %j back", (text) => {
    for (const version of ["1.1", "1.2"] as const) {
      expect(parse(`key: ${yamlText(text)}\nlist: ${yamlList([text, text])}\n`, { version })).toEqual({
        key: text,
        list: [text, text],
      });
    }
  });

  it("gives the shell every word as it is", () => {
    const print = `for word; do printf '%s\\0' "$word"; done`;
    const command = `exec ${shellCommand(["/bin/sh", "-c", print, "sh", ...ODD])}`;
    const shown = spawnSync("/bin/sh", ["-c", command], { encoding: "utf8" });
    expect(shown.stdout.split("\0").slice(0, -1)).toEqual(ODD);
  });
});

describe("a path", () => {
  const withConfig = (config: string) => ({ ...EXAMPLE, config });

  it("with spaces and quotes arrives in the command of both shippers", () => {
    const path = `/opt/my "tap"/it's/config.yaml`;
    const { pipeline } = parse(fluentBitConfig(withConfig(path), "exec", "")) as {
      pipeline: { inputs: [{ command: string }] };
    };
    const words = pipeline.inputs[0].command.replace(
      "exec graphtap",
      `for word; do printf '%s\\n' "$word"; done`,
    );
    const shell = spawnSync("/bin/sh", [
      "-c",
      `set -- ${words.slice(words.indexOf("done") + 5)}; printf '%s\\n' "$@"`,
    ], {
      encoding: "utf8",
    });
    expect(shell.stdout.split("\n")).toContain(path);
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

  it.each([["Fluent Bit", fluentBitConfig], ["Vector", vectorConfig]] as const)(
    "of a spool that %s would read as a pattern is refused",
    (_, write) => {
      expect(() => write({ ...EXAMPLE, spool: "/spool/[1]/events.log" }, "file", "")).toThrow("Cannot write");
    },
  );
});
