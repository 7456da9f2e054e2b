import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { filesOf, homeOf, readFiles } from "../../../src/wiring/configFiles.ts";
import type { Runtime } from "../../../src/wiring/runtime.ts";
import { tempFolder } from "../../support/tempFolder.ts";

function folderWith(...names: readonly string[]): string {
  const folder = tempFolder();
  for (const name of names) writeFileSync(join(folder, name), `# ${name}\n`);
  return folder;
}

describe("the files of a configuration", () => {
  it("are those of a folder that end in .yaml, by name, and the others are told", () => {
    const folder = folderWith("b.yaml", "a.yaml", "10.yaml", "notes.txt", "c.yml", "d.json", ".hidden.yaml");
    const told: string[] = [];
    const found = filesOf(["first.yaml", folder], (line) => told.push(line));
    expect(found).toEqual([
      "first.yaml",
      ...["10.yaml", "a.yaml", "b.yaml"].map((name) => join(folder, name)),
    ]);
    expect(told).toEqual(
      ["c.yml", "d.json"].map((name) =>
        `"${join(folder, name)}" is not read: of a folder only files are that end in .yaml`
      ),
    );
  });

  it("are each there once in a folder that Kubernetes mounts", () => {
    const folder = tempFolder();
    mkdirSync(join(folder, "..2026_11_30"));
    writeFileSync(join(folder, "..2026_11_30", "a.yaml"), "a: 1\n");
    symlinkSync("..2026_11_30", join(folder, "..data"));
    symlinkSync(join("..data", "a.yaml"), join(folder, "a.yaml"));
    expect(filesOf([folder], () => {})).toEqual([join(folder, "a.yaml")]);
  });

  it("are missed in a folder without any", () => {
    const folder = folderWith("notes.txt");
    expect(() => filesOf([folder], () => {})).toThrow(
      `Cannot read configuration "${folder}": it is a folder without a file that ends in .yaml`,
    );
  });

  it("fail together with the one that is alone, and by themselves among others", async () => {
    const folder = folderWith("a.yaml");
    const [a, b] = [join(folder, "a.yaml"), join(folder, "b.yaml")];
    const runtime = {} as Runtime;
    await expect(readFiles([b], runtime)).rejects.toMatchObject({ code: "config-missing" });
    expect(await readFiles([a, b], runtime)).toEqual([
      { file: a, text: "# a.yaml\n" },
      { file: b, text: expect.objectContaining({ code: "config-missing" }) as unknown },
    ]);
  });

  it("have the folder around config/ as home, or else their own", () => {
    expect([homeOf("/srv/config/a.yaml"), homeOf("/srv/tenants/a.yaml")]).toEqual(["/srv", "/srv/tenants"]);
  });
});
