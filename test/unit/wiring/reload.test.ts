import { describe, expect, it } from "vitest";
import { parseConfig } from "../../../src/config/load.ts";
import { changes } from "../../../src/wiring/reload.ts";
import { options, registry, small } from "../config/example.ts";

const loaded = (text: string, env: Readonly<Record<string, string>> = {}) => ({
  config: parseConfig(text, options({}, env)).config!,
  registry,
  home: "/",
  stateDir: "/state",
});
const both = { services: ["signIns:", "directory_audits:"] };

describe("what a configuration that is read again changes", () => {
  it("is told by the names of the streams", () => {
    const before = loaded(small(both));
    const services = ["signIns: {request_period_in_seconds: 600}", "alerts_v2:"];
    expect(changes(before, loaded(small({ services })))).toEqual({
      added: "a × alerts_v2",
      removed: "a × directory_audits",
      changed: "a × signIns",
      unchanged: undefined,
    });
    expect(changes(before, loaded(small(both)))).toEqual({
      added: undefined,
      removed: undefined,
      changed: undefined,
      unchanged: "a × signIns, a × directory_audits",
    });
  });

  it("may be a secret, or a setting of all", () => {
    const before = loaded(small());
    const changed = { changed: "a × signIns", unchanged: undefined };
    expect(changes(before, loaded(small().replace("s3cr3t~value", "another~value")))).toMatchObject(changed);
    expect(changes(before, loaded(small({ globals: ["tag_generation: 7"] })))).toMatchObject(changed);
  });

  it("does not become longer than a line can be", () => {
    const rules = Array.from(
      { length: 30 },
      (_, index) =>
        small().split("\n").slice(3, -1).join("\n").replace("  a:", `  in${index}:`).replace(
          "10001",
          `2${index}`,
        ),
    );
    const many = loaded(`inputs:\n${rules.join("\n")}\n`);
    expect(changes(many, many)["unchanged"]).toMatch(/^in0 × signIns, .*in19 × signIns and 10 more$/);
  });
});
