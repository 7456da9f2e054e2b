import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { EXAMPLE, EXAMPLE_HTTP, WAYS_IN } from "../../../src/shipper/settings.ts";
import { vectorConfig, vectorFiles } from "../../../src/shipper/vector.ts";
import { testShippedFiles } from "./shippedFiles.ts";

type Yaml = Record<string, unknown>;

describe("vector/", () => testShippedFiles("vector", vectorFiles()));

describe("a user's configuration", () => {
  const VIAS = WAYS_IN.filter((via) => via !== "stdin");
  it.each(
    VIAS.flatMap((via) => (["to-devo.yaml", "to-devo-http.yaml"] as const).map((out) => [via, out] as const)),
  )(
    "of Vector via %s is the way in and %s, in one file",
    (via, wayOut) => {
      const names = { exec: "exec", interval: "exec-interval", http: "http", file: "file" };
      const files = vectorFiles();
      const own = parse(files[`${names[via]}.yaml`]!) as Yaml;
      const out = parse(files[wayOut]!) as Yaml;
      const settings = wayOut === "to-devo.yaml" ? EXAMPLE : { ...EXAMPLE, devoHttp: EXAMPLE_HTTP };
      const both = Object.fromEntries(
        [...new Set([...Object.keys(own), ...Object.keys(out)])].map((
          key,
        ) => [key, key === "data_dir" ? own[key] : { ...own[key] as Yaml, ...out[key] as Yaml }]),
      );
      expect(parse(vectorConfig(settings, via, ""))).toEqual(both);
    },
  );
});
