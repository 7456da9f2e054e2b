import { describe, expect, it } from "vitest";
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
    }, 300],
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

  it("is not told by an input's name that has settings of 2.x", () => {
    const text = small({ input: ["override_base_url: https://graph.test"], services: ["secure_scores:"] });
    expect(input(text.replace("  a:", "  microsoft_graph:"))?.services[0]).toMatchObject({
      periodSeconds: 300,
      overrideTag: null,
    });
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
