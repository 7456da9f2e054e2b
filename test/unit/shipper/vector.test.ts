import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { EXAMPLE, WAYS_IN } from "../../../src/shipper/settings.ts";
import { vectorConfig, vectorFiles } from "../../../src/shipper/vector.ts";
import { testShippedFiles } from "./shippedFiles.ts";

type Yaml = Record<string, unknown>;

describe("vector/", () => testShippedFiles("vector", vectorFiles()));

describe("a user's configuration", () => {
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
