import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readConfigText } from "../../../src/wiring/configFile.ts";
import type { Runtime } from "../../../src/wiring/runtime.ts";
import { tempFolder } from "../../support/tempFolder.ts";

const runtime = { env: {} } as Runtime;

it.each([
  ["has none", "{name: [ip]}", false],
  ["has some", "{name: [ip], string_patterns: [x]}", true],
  ["may have some, by a key in another spelling", '{name: [ip], "string\\x5fpatterns": [x]}', true],
])("what runs patterns is loaded for a text that %s: %s", async (_, rule, isLoaded) => {
  const file = join(tempFolder(), "config.yaml");
  writeFileSync(file, `obfuscation_data: [${rule}]\n`);
  expect((await readConfigText([file], runtime)).regexEngine !== null).toBe(isLoaded);
});
