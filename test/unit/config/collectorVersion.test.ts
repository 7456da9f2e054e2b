import { describe, expect, it } from "vitest";
import { shownLines } from "../../../src/config/collectorVersion.ts";
import { parseConfig } from "../../../src/config/load.ts";
import { options, problemsOf, small } from "./example.ts";

const input = (text: string) => parseConfig(text, options()).config?.inputs[0];

describe("a 1.x file", () => {
  it.each([
    ["1", "v1", "cloud.msgraph.security.alerts.1"],
    ["2", null, null],
  ])("keeps its tags under generation %s, and not under another", (generation, tagVersion, overrideTag) => {
    const text = small({ globals: [`tag_generation: '${generation}'`], services: ["audit:", "alerts:"] });
    expect(input(text)?.services[1]).toMatchObject({ tagVersion, overrideTag });
  });

  it.each([
    ["a service's name", { services: ["audit:"] }, 60],
    ["a key", { services: ["alerts: {reset_persistence_auth: x}"] }, 60],
    ["a name beside one of 2.x", { services: ["signIns:", "signIn_nonInteractive:"] }, 300],
    ["a key beside one of 2.x", { services: ["alerts: {start_time: 2026-10-01}", "signIns:"] }, 300],
    ["a setting of the input beside a key", {
      input: ["override_base_url: https://graph.test"],
      services: ["alerts: {tag_version: v2}"],
    }, 60],
    ["nothing", { services: ["alerts:", "secure_scores:"] }, 300],
  ])("is told by %s", (_, lines, seconds) => {
    expect(input(small(lines))?.services[0]?.periodSeconds).toBe(seconds);
  });

  it.each([
    "audit",
    "directory_audit",
    "provisioning",
    "provisioning_audit",
    "signIn",
    "signins",
    "signIn_nonInteractive",
    "signIn_servicePrincipal",
    "signIn_managedIdentity",
    "secureScores",
    "secure_score_control_profile",
  ])("is told by every name that is not of 2.x, and says so: %s", (name) => {
    expect(input(small({ services: [`${name}:`] }))?.services[0]?.periodSeconds).toBe(60);
    expect(problemsOf(small({ services: [`${name}:`] }))[0]).toContain(
      `is of the 1.x line, by "${name}", and`,
    );
    expect(problemsOf(small({ services: [`${name}:`, "signIns_v2: {additional_filter: a eq 1}"] })).join())
      .not.toContain("is of the 1.x line");
  });

  it.each([
    "override_base_url: https://graph.test",
    "override_login_url: https://login.test",
    "override_scope_value: https://graph.test/.default",
    "override_scope: https://graph.test/.default",
    "override_top_level_domain: us",
  ])("stays one when addresses move to the input, as its warnings advise: %s", (setting) => {
    const read = (lines: string[]) =>
      input(small({ input: lines, services: ["secure_scores:"] }).replace("  a:", "  microsoft_graph:"));
    expect(read([setting])?.services).toEqual(read([])?.services);
    expect(read([setting])?.line).toEqual({ version: "1.x", sign: "microsoft_graph" });
  });

  it.each(["microsoft_graph_audit", "microsoft_graph_security"])(
    "is not what has an input named %s",
    (name) => {
      const text = small({ services: ["directory_audit:", "provisioning_audit:", "signIn:"] });
      const found = input(text.replace("  a:", `  ${name}:`));
      expect(found?.services.map(({ periodSeconds, tagVersion }) => [periodSeconds, tagVersion])).toEqual(
        Array(3).fill([300, null]),
      );
      expect(found?.line).toEqual({ version: "2.x", sign: name });
      expect(problemsOf(text.replace("  a:", `  ${name}:`))).toEqual([]);
    },
  );

  it("that becomes one of 2.x by a key of that says so, also where only names are left of 1.x", () => {
    const text = small({ services: ["alerts: {start_time_in_utc: 2026-10-01}"] });
    expect(problemsOf(text.replace("  a:", "  microsoft_graph:"))[0]).toContain(
      "has microsoft_graph of the 1.x line beside start_time_in_utc of 2.x: tags and periods are those of 2.x",
    );
  });

  it("is named at the start, with what tells it, and so is one of 2.x", () => {
    const two = { version: "2.x", sign: null } as const;
    const shown = shownLines([
      { name: "old", enabled: true, line: { version: "1.x", sign: "audit" } },
      { name: "off", enabled: false, line: { version: "1.x", sign: "audit" } },
      ...["a", "b", "c", "d", "e", "f", "g"].map((name) => ({ name, enabled: true, line: two })),
    ]);
    expect(shown).toBe("old: 1.x, by audit; a, b, c, d, e and 2 more: 2.x, nothing tells the 1.x line");
  });

  it("is told by the name of its input", () => {
    const text = small({ services: ["alerts:", "secure_scores: {request_period_in_seconds: 1}"] });
    const services = input(text.replace("  a:", "  microsoft_graph:"))?.services;
    expect(services?.map(({ periodSeconds, overrideTag }) => [periodSeconds, overrideTag])).toEqual([
      [60, "cloud.msgraph.security.alerts.1"],
      [1, "cloud.msgraph.security.secure_scores.1"],
    ]);
  });

  it("is warned of keys that have no place beside those of 2.x", () => {
    expect(problemsOf(small({ services: ["alerts: {tag_version: v1}", "signIns:"] }))[0]).toBe(
      "4:3 warning inputs.a: has tag_version of the 1.x line beside signIns of 2.x: tags and periods are those of 2.x",
    );
  });
});
