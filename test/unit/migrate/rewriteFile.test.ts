import { describe, expect, it } from "vitest";
import { parseConfig } from "../../../src/config/load.ts";
import { rewriteFile } from "../../../src/migrate/rewriteFile.ts";
import { options, problemsOf, registry, small } from "../config/example.ts";

const rewritten = (text: string, keepTags = false) => rewriteFile(text, registry, keepTags);
const inputsOf = (text: string) => parseConfig(text, options()).config!.inputs;

describe("rewriting a file of 1.x", () => {
  it("keeps comments, order and what 2.x has too", () => {
    const text = small({
      globals: ["name: msgraph # short"],
      input: ["environment: prod"],
      services: ["# who did what", "audit:", "  start_time: 2026-10-01 # first day"],
    });
    expect(rewritten(text).text).toBe(
      text.replace("      audit:", "      directory_audits:").replace("  a:", "  a_audit:")
        .replace("start_time:", "start_time_in_utc:")
        .replace("first day", "first day\n        request_period_in_seconds: 60"),
    );
  });

  it("keeps the comment of a value that it changes, and one for each service with its service", () => {
    const { text } = rewritten(small({
      services: [
        "# first of all",
        "audit:",
        "  request_period_in_seconds: 30 # fast",
        "alerts:",
        "# the rest",
      ],
    }));
    expect(text).toContain("request_period_in_seconds: 60 # fast\n");
    expect(text.match(/# first of all\n +directory_audits:/g)).toHaveLength(1);
    expect(text.match(/first of all/g)).toHaveLength(1);
    const other = rewritten(small({ services: ["# first of all", "alerts:", "audit:"] })).text;
    expect(other.match(/# first of all\n +alerts:/g)).toHaveLength(1);
    expect(other.match(/first of all/g)).toHaveLength(1);
  });

  it("says of each cloud what became of it", () => {
    const notes = (cloud: string) =>
      rewritten(small({ services: [`audit: {ms_365_environment: ${cloud}}`] })).notes.join("\n");
    expect(notes("GCC")).toContain(
      "inputs.a.services.audit.ms_365_environment: dropped: it is the cloud of override_top_level_domain com",
    );
    expect(notes("GCC High")).toContain(
      "inputs.a.override_top_level_domain: us, which its services had each",
    );
  });

  it("leaves a file of 2.x alone, byte for byte, but for other names", () => {
    const text = small({ input: ["environment:   prod"], services: ["signIns:    {}"] });
    expect(rewritten(text)).toEqual({ text, notes: [] });
    const other = small({
      input: ["override_scope: a/.default"],
      services: ["signIns: {}", "directory_audit: {}"],
    });
    expect(rewritten(other).notes).toEqual([
      "inputs.a.override_scope: now override_scope_value",
      "inputs.a.services.directory_audit: now directory_audits",
    ]);
  });

  it("rewrites keys of 1.x beside those of 2.x, and leaves tags, periods and names otherwise", () => {
    const { text, notes } = rewritten(small({
      input: ["override_base_url: https://graph.test"],
      services: [
        "signIns:",
        "audit: {start_time: 2026-10-01, custom_endpoints: {override_login_url: https://login.test}}",
        "alerts: {tag_version: v1, reset_persistence_auth: x}",
        "secure_scores: {tag_version: v2, request_period_in_seconds: 600}",
      ],
    }));
    expect(text).toContain("      signIns:\n");
    expect(inputsOf(text)).toMatchObject([{
      name: "a",
      id: "10001",
      loginUrl: "https://login.test",
      services: [
        { name: "signIns", periodSeconds: 300 },
        { name: "directory_audits", periodSeconds: 300, startTime: { text: "2026-10-01" } },
        { name: "alerts", periodSeconds: 300, overrideTag: "cloud.msgraph.security.alerts.2" },
        { name: "secure_scores", periodSeconds: 600, overrideTag: null },
      ],
    }]);
    expect(problemsOf(text)).toEqual([]);
    expect(notes).toHaveLength(6);
    expect(rewritten(text)).toEqual({ text, notes: [] });
  });

  it("keeps a name that says already what is in it, and the ends of lines", () => {
    const before = small({ services: ["secureScores:"] }).replace("  a:", "  a_security:").replaceAll(
      "\n",
      "\r\n",
    );
    const { text } = rewritten(before);
    expect(inputsOf(text).map(({ name }) => name)).toEqual(["a_security"]);
    expect(text.replaceAll("\r\n", "")).not.toContain("\n");
  });

  it("splits audits from security, and shares no id", () => {
    const text = small({ input: ["requests_per_second: 5"], services: ["audit:", "alerts:", "alerts_v2:"] });
    const { notes, text: after } = rewritten(text);
    expect(inputsOf(after).map(({ name, id, services }) => [name, id, services.map((one) => one.name)]))
      .toEqual([
        ["a_audit", "10001", ["directory_audits"]],
        ["a_security", "10001_security", ["alerts", "alerts_v2"]],
      ]);
    expect(notes).toContain("inputs.a.requests_per_second: now in both inputs: each keeps to it alone");
  });

  it.each([
    ["alerts", "cloud.msgraph.security.alerts.2", "cloud.msgraph.security.alerts.1"],
    ["secure_scores", "cloud.msgraph.security.scores.2", "cloud.msgraph.security.secure_scores.1"],
    [
      "secure_score_control_profile",
      "cloud.msgraph.security.scorecontrol.2",
      "cloud.msgraph.security.secure_score_control_profiles.1",
    ],
  ])("has override_tag for v1 of %s, said or not", (service, guided, kept) => {
    for (const version of ["", "v1"]) {
      const text = small({ services: [`${service}: {reset_persistence_auth: x, tag_version: ${version}}`] });
      expect(inputsOf(rewritten(text).text)[0]?.services[0]?.overrideTag).toBe(guided);
      expect(inputsOf(rewritten(text, true).text)[0]?.services[0]?.overrideTag).toBe(kept);
    }
    const v2 = small({ services: [`${service}: {reset_persistence_auth: x, tag_version: v2}`] });
    expect(inputsOf(rewritten(v2).text)[0]?.services[0]?.overrideTag).toBeNull();
  });

  it("joins the three kinds of sign-ins, by the shortest period and the earliest start", () => {
    const { text } = rewritten(small({
      services: [
        "signIn_nonInteractive: {start_time: 2026-11-02}",
        "signIn_servicePrincipal: {start_time: 2026-11-01T12:00:00Z, request_period_in_seconds: 600}",
        "signIn_managedIdentity: {start_time: 2026-11-03}",
      ],
    }));
    expect(inputsOf(text)[0]?.services).toMatchObject([{
      name: "signIns_v2",
      periodSeconds: 60,
      startTime: { text: "2026-11-01T12:00:00Z" },
      additionalFilter:
        "signInEventTypes/any(t: t eq 'nonInteractiveUser' or t eq 'servicePrincipal' or t eq 'managedIdentity')",
    }]);
  });

  it("does not join what is masked differently", () => {
    const { text, notes } = rewritten(small({
      services: [
        "signIn_nonInteractive: {obfuscation_data: [{name: [ipAddress]}]}",
        "signIn_managedIdentity:",
      ],
    }));
    expect(inputsOf(text)[0]?.services.map(({ name }) => name)).toEqual([
      "signIn_nonInteractive",
      "signIn_managedIdentity",
    ]);
    expect(notes).toContain(
      "inputs.a.services: signIn_nonInteractive, signIn_managedIdentity stay apart: their settings differ",
    );
  });

  it("lifts addresses and the cloud to the input, and says what became of every other key", () => {
    const { text, notes } = rewritten(small({
      services: [
        "audit:",
        "  ms_365_environment: GCC High",
        "  request_period_in_seconds: 5",
        "  reset_persistence_auth: x",
        "  custom_endpoints: {override_base_url_main: https://graph.test, override_base_url_vendor: https://v.test}",
      ],
    }));
    expect(inputsOf(text)[0]).toMatchObject({ topLevelDomain: "us", baseUrl: "https://graph.test" });
    expect(notes.map((note) => note.replace("inputs.a.", ""))).toEqual([
      "services.audit.request_period_in_seconds: 60, not 5: the least of 2.x",
      "services.audit.reset_persistence_auth: dropped: another start_time_in_utc resets the position",
      "services.audit.custom_endpoints.override_base_url_vendor: dropped: alerts are read as one collection",
      "override_base_url: https://graph.test, which its services had each",
      "override_top_level_domain: us, which its services had each",
      "services.audit: now directory_audits",
      "inputs.a: now a_audit, with the same id",
      'globals.tag_generation: tags have the generation "2" where they had "1", in the same tables unless said ' +
      "otherwise above; --keep-tags keeps them",
    ]);
  });

  it("writes out what anchors and merges shared, so that each part can change", () => {
    const text = "x-common: &common {start_time: 2026-11-01}\n" + small({
      services: ["audit: *common", "alerts: {<<: *common, tag_version: v2}"],
    });
    const inputs = inputsOf(rewritten(text).text);
    expect(inputs.flatMap(({ services }) => services.map((one) => [one.name, one.startTime?.text]))).toEqual([
      ["directory_audits", "2026-11-01"],
      ["alerts", "2026-11-01"],
    ]);
  });

  it("writes JSON for JSON", () => {
    const value = { inputs: { a: { id: "1", services: { audit: { start_time: "2026-11-01" } } } } };
    const { text } = rewritten(JSON.stringify(value, null, 4));
    expect(JSON.parse(text)).toEqual({
      inputs: {
        a_audit: {
          id: "1",
          services: { directory_audits: { start_time_in_utc: "2026-11-01", request_period_in_seconds: 60 } },
        },
      },
    });
    expect(text).toContain('\n    "inputs"');
  });

  it("cannot keep the tags of 1.x beside those of 2.x", () => {
    const text = small({ services: ["audit:"] }) + small({ services: ["signIns:"] }).split("inputs:\n")[1]!
      .replace("  a:", "  b:").replace("10001", "10002");
    expect(() => rewritten(text, true)).toThrow(/"b" has the tags of 2\.x; split the file in two/);
    expect(inputsOf(rewritten(text).text).map(({ name }) => name)).toEqual(["a_audit", "b"]);
  });
});
