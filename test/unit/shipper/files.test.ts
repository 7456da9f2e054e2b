import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { fluentBitConfig, fluentBitFiles } from "../../../src/shipper/fluentBit.ts";
import { EXAMPLE, WAYS_IN } from "../../../src/shipper/settings.ts";
import { vectorConfig, vectorFiles } from "../../../src/shipper/vector.ts";
import { projectFolder } from "../../support/project.ts";

/** What else lies beside the configurations. */
const OTHERS = /^(README\.md|compose\.yaml)$|\.service$/;

const shipped = [
  ["fluent-bit", fluentBitFiles()],
  ["vector", vectorFiles()],
] as const;

describe.each(shipped)("%s/", (folder, files) => {
  // After a change of the pieces: npx vitest run test/unit/shipper/files.test.ts -u
  it.each(Object.entries(files))("%s is what the program is made of", async (name, text) => {
    await expect(text).toMatchFileSnapshot(join(projectFolder, folder, name));
  });

  it("holds nothing that is not made so", () => {
    const names = readdirSync(join(projectFolder, folder)).filter((name) => !OTHERS.test(name));
    expect(names.toSorted()).toEqual(Object.keys(files).toSorted());
  });

  it("is listed in its README, file by file", () => {
    const readme = readFileSync(join(projectFolder, folder, "README.md"), "utf8");
    expect(readdirSync(join(projectFolder, folder)).filter((name) => !readme.includes(`\`${name}\``)))
      .toEqual([
        "README.md",
      ]);
  });
});

type Yaml = Record<string, unknown>;

describe("a user's configuration", () => {
  it.each(WAYS_IN)("of Fluent Bit via %s is the way in and the way out, in one file", (via) => {
    const names = { exec: "exec", interval: "exec-interval", stdin: "stdin", http: "http", file: "tail" };
    const files = fluentBitFiles();
    const { env, includes, ...own } = parse(files[`${names[via]}.yaml`]!) as {
      env: { LINE: string };
      includes: string[];
      pipeline: Yaml;
    };
    const out = parse(files[includes[0]!]!.replace("${LINE}", env.LINE)) as { pipeline: Yaml };
    expect(parse(fluentBitConfig(EXAMPLE, via, ""))).toEqual({
      ...own,
      pipeline: { ...own.pipeline, ...out.pipeline },
    });
  });

  it.each(WAYS_IN.filter((via) => via !== "stdin"))(
    "of Vector via %s is the way in and the way out, in one file",
    (via) => {
      const names = { exec: "exec", interval: "exec-interval", http: "http", file: "file" };
      const files = vectorFiles();
      const own = parse(files[`${names[via]}.yaml`]!) as { sinks?: Yaml };
      const out = parse(files["to-devo.yaml"]!) as { sinks: Yaml };
      expect(parse(vectorConfig(EXAMPLE, via, ""))).toEqual({
        ...own,
        sinks: { ...own.sinks, ...out.sinks },
      });
    },
  );
});
