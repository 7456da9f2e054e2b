import { describe, expect, it } from "vitest";
import { plugins } from "../../../plugins/index.ts";
import { createRegistry } from "../../../src/plugin/registry.ts";

const registry = createRegistry(plugins);

describe("a registry", () => {
  it("keeps the services in their order", () => {
    expect(registry.services()).toEqual(plugins);
  });

  it.each([
    ["signIns", "signIns"],
    ["signIn", "signIns"],
    ["signins", "signIns"],
    ["audit", "directory_audits"],
    ["directory_audit", "directory_audits"],
    ["provisioning", "provisioning_audits"],
    ["secureScores", "secure_scores"],
    ["secure_score_control_profile", "secure_score_control_profiles"],
    ["signIn_managedIdentity", "signIn_managedIdentity"],
  ])("finds %s as %s", (name, service) => {
    expect(registry.resolve(name)?.service).toBe(service);
  });

  it.each(["", "SIGNINS", "toString", "__proto__", "nothing"])("does not find %j", (name) => {
    expect(registry.resolve(name)).toBeNull();
  });

  it("gives a variant as a plugin of its own", () => {
    const { fallbackFilters: _, ...whole } = registry.resolve("signIns_v2")!;
    const variant = whole.variants![0]!;
    expect(registry.resolve(variant.name)).toEqual({
      ...whole,
      service: variant.name,
      title: variant.title,
      filter: variant.filter,
      tag: variant.tag,
      aliases: [],
      variants: [],
    });
  });

  it("lists every accepted name once, canonical ones first", () => {
    const names = registry.names();
    expect(new Set(names).size).toBe(names.length);
    expect(names.slice(0, plugins.length)).toEqual(plugins.map((plugin) => plugin.service));
    expect(names.every((name) => registry.resolve(name) !== null)).toBe(true);
  });

  it("refuses a name that stands for two services, naming every case", () => {
    const [first, second] = plugins;
    const clash = [first!, { ...second!, aliases: [first!.service, "signIn"] }];
    expect(() => createRegistry(clash)).toThrow(expect.objectContaining({
      code: "plugin-invalid",
      message: "Cannot join the plugins: a name must stand for one service\n" +
        '"signIns" is claimed by service "signIns" and by service "signIns_v2"\n' +
        '"signIn" is claimed by service "signIns" and by service "signIns_v2"',
    }));
  });
});
