import { writeFileSync } from "node:fs";
import * as nodeModule from "node:module";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { OWN_MODULES, withOwnModule } from "../../../src/wiring/ownModule.ts";
import { onDeno } from "../../support/project.ts";
import { tempFolder } from "../../support/tempFolder.ts";

const canHook = !onDeno && "registerHooks" in nodeModule;

describe("a module outside the program", () => {
  it("is loaded, and what it says is passed on", async () => {
    expect(await withOwnModule(() => Promise.resolve(7))).toBe(7);
    await expect(withOwnModule(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
  });

  it.runIf(canHook).each(OWN_MODULES)(
    "finds %s in the running program, for as long as it loads",
    async (name) => {
      const file = join(tempFolder(), "mine.mjs");
      const text = `import { definePlugin } from ${
        JSON.stringify(name)
      }; export default definePlugin({ a: 1 });`;
      writeFileSync(file, text);
      const load = (path: string) => nodeModule.createRequire(import.meta.url)(path) as { default: unknown };
      expect((await withOwnModule(() => Promise.resolve(load(file)))).default).toEqual({ a: 1 });
      writeFileSync(`${file}2.mjs`, text);
      expect(() => load(`${file}2.mjs`)).toThrow();
    },
  );
});
