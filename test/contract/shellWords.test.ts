/** Words of a command that a shell reads: /bin/sh is the judge. */
import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { fluentBitConfig } from "../../src/shipper/fluentBit.ts";
import { shellCommand } from "../../src/telemetry/shellCommand.ts";
import { EXAMPLE } from "../../src/shipper/settings.ts";
import { ODD } from "../support/oddWords.ts";

it("The shell gets every word as it is", () => {
  const print = `for word; do printf '%s\\0' "$word"; done`;
  const command = `exec ${shellCommand(["/bin/sh", "-c", print, "sh", ...ODD])}`;
  const shown = spawnSync("/bin/sh", ["-c", command], { encoding: "utf8" });
  expect(shown.stdout.split("\0").slice(0, -1)).toEqual(ODD);
});

it("A path with spaces and quotes arrives in the command of Fluent Bit", () => {
  const path = `/opt/my "tap"/it's/config.yaml`;
  const { pipeline } = parse(fluentBitConfig({ ...EXAMPLE, config: path }, "exec", "")) as {
    pipeline: { inputs: [{ command: string }] };
  };
  const words = pipeline.inputs[0].command.replace("exec graphtap", "");
  const shell = spawnSync("/bin/sh", ["-c", `set -- ${words}; printf '%s\\n' "$@"`], { encoding: "utf8" });
  expect(shell.stdout.split("\n")).toContain(path);
});
