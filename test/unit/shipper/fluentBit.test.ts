import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { fluentBitConfig, fluentBitFiles } from "../../../src/shipper/fluentBit.ts";
import { EXAMPLE, WAYS_IN } from "../../../src/shipper/settings.ts";
import { testShippedFiles } from "./shippedFiles.ts";

type Yaml = Record<string, unknown>;

describe("fluent-bit/", () => testShippedFiles("fluent-bit", fluentBitFiles()));

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
});
