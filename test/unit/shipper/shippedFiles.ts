import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { projectFolder } from "../../support/project.ts";

/** What else lies beside the configurations. */
const OTHERS = /^(README\.md|compose\.yaml|kubernetes)$|\.(service|cnf)$/;

/** Tests of the files that lie in a folder of the project. After a change of their pieces: vitest run -u. */
export function testShippedFiles(folder: string, files: Readonly<Record<string, string>>): void {
  it.each(Object.entries(files))("%s is what the program is made of", async (name, text) => {
    await expect(text).toMatchFileSnapshot(join(projectFolder, folder, name));
  });

  it("holds nothing that is not made so", () => {
    const names = readdirSync(join(projectFolder, folder)).filter((name) => !OTHERS.test(name));
    expect(names.toSorted()).toEqual(Object.keys(files).toSorted());
  });

  it("is listed in its README, file by file", () => {
    const readme = readFileSync(join(projectFolder, folder, "README.md"), "utf8");
    const isListed = (name: string) => readme.includes(`\`${name}\``) || readme.includes(`\`${name}/\``);
    expect(readdirSync(join(projectFolder, folder)).filter((name) => !isListed(name)))
      .toEqual([
        "README.md",
      ]);
  });
}
