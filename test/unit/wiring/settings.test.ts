import { describe, expect, it } from "vitest";
import { parseConfig } from "../../../src/config/load.ts";
import { createRegistry } from "../../../src/plugin/registry.ts";
import { plugins } from "../../../plugins/index.ts";
import { byValue, settingsOf } from "../../../src/wiring/settings.ts";
import { chosenInputs } from "../../../src/wiring/sources.ts";
import { options, registry, small } from "../config/example.ts";

const both = { services: ["signIns: {}", "directory_audits: {}"] };

/** The settings of both services, by a text and what lies beside it. */
function settings(text: string, given = options(), services = registry): Map<string, string> {
  const config = parseConfig(text, given).config!;
  const [chosen] = chosenInputs({ config, registry: services });
  return settingsOf(config, services, chosen!);
}

/** Which of both services have other settings by the second text than by the first. */
function changed(before: string, after: string, ...given: Parameters<typeof options>[]): string[] {
  const [was, is] = [
    settings(before, options(...given[0] ?? [])),
    settings(after, options(...given[1] ?? [])),
  ];
  return [...is].filter(([service, text]) => was.get(service) !== text).map(([service]) => service);
}

describe("the settings of a stream", () => {
  const usual = small(both);
  const all = ["signIns", "directory_audits"];
  it.each([
    [
      "a period of its own",
      small({ services: ["signIns: {request_period_in_seconds: 77}", both.services[1]!] }),
      [
        "signIns",
      ],
    ],
    [
      "a mask",
      small({ services: ["signIns: {obfuscation_data: [{name: [userPrincipalName]}]}", both.services[1]!] }),
      ["signIns"],
    ],
    ["a tag", small({ services: ["signIns: {override_tag: my.app.a.b}", both.services[1]!] }), ["signIns"]],
    ["the environment", small({ ...both, input: ["environment: test"] }), all],
    ["the generation of tags", small({ ...both, globals: ["tag_generation: 7"] }), all],
    [
      "a default that it has",
      small({
        ...both,
        globals: ["service_defaults: {request_period_in_seconds: 77}"],
      }),
      all,
    ],
    [
      "a budget that it draws on",
      small({
        ...both,
        globals: ["quotas: {reports: {requests: 1, seconds: 10}}"],
      }),
      all,
    ],
    ["a secret that stands there", usual.replace("s3cr3t~value", "another~value"), all],
    ["another secret's place", usual.replace("s3cr3t~value", "{env: NAME}"), all],
  ])("are others with %s", (_, after, expected) => {
    expect(changed(usual, after, [], [{}, { NAME: "s3cr3t~value" }])).toEqual(expected);
  });

  it.each([
    ["more space and remarks", `# a remark\n\n${usual}\n`],
    ["its services in another order", small({ services: both.services.toReversed() })],
    ["another service beside them", small({ services: [...both.services, "alerts_v2: {}"] })],
    [
      "a default written out",
      small({ services: ["signIns: {request_period_in_seconds: 300}", both.services[1]!] }),
    ],
    ["a budget of others", small({ ...both, globals: ["quotas: {security: {requests: 1, seconds: 10}}"] })],
    ["what is in the log", small({ ...both, globals: ["debug: true"] })],
  ])("are the same with %s", (_, after) => {
    expect(changed(usual, after).filter((service) => all.includes(service))).toEqual([]);
  });

  it("are the same when what a secret is read from has another content, since that is read for each token", () => {
    const inFile = usual.replace("s3cr3t~value", "{file: secret.txt}");
    const inVariable = usual.replace("s3cr3t~value", "{env: NAME}");
    const file = (content: string) => [{ "config/secret.txt": content }] as Parameters<typeof options>;
    expect(changed(inFile, inFile, file("one"), file("two"))).toEqual([]);
    expect(changed(inVariable, inVariable, [{}, { NAME: "one" }], [{}, { NAME: "two" }])).toEqual([]);
  });

  it("are others with another plugin", () => {
    const others = createRegistry(
      plugins.map((plugin) => plugin.service === "signIns" ? { ...plugin, path: "/v1.0/elsewhere" } : plugin),
    );
    const [was, is] = [settings(usual), settings(usual, options(), others)];
    expect(is.get("signIns")).not.toBe(was.get("signIns"));
    expect(is.get("directory_audits")).toBe(was.get("directory_audits"));
  });

  it("hold no secret", () => {
    expect([...settings(usual).values()].join()).not.toContain("s3cr3t");
    expect(byValue("a")).not.toBe(byValue("b"));
  });
});
