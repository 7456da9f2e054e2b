import { describe, expect, it } from "vitest";
import { parseConfig } from "../../../src/config/load.ts";
import { options, problemsOf, small } from "./example.ts";

const OLD =
  '4:3 warning inputs.a: is of the 1.x line, by "audit", and read so: tags of generation "1", by tag_version v1 unless v2 is given; ' +
  'a period of 60 s unless one is given; "graphtap migrate" writes the file of 2.x';
const input = (text: string) => parseConfig(text, options()).config?.inputs[0];

describe("a 1.x file", () => {
  const whole = small({
    services: [
      "audit:",
      "  request_period_in_seconds: 60",
      "  reset_persistence_auth: abc",
      "  start_time: 2026-10-01T00:00:00.000Z",
      "  override_time_delta_in_days: 3",
      "  ms_365_environment: GCC High",
      "  custom_endpoints:",
      "    override_base_url_main: https://graph.test",
      "    override_base_url_vendor: https://vendor.test",
      "    override_base_url_vendor_with_sub_provider: https://vendor.test/sub",
      "    override_login_url: https://login.test/",
      "    override_scope: https://graph.test/.default",
      "alerts:",
      "  tag_version: v2",
      "  pull_sliding_window_timespan_period: 5",
      "  start_time: 2026-10-01T00:00:00.000Z",
    ],
  });

  it("runs as it is", () => {
    expect(input(whole)).toMatchObject({
      topLevelDomain: "com",
      baseUrl: null,
      services: [
        {
          name: "directory_audits",
          startTime: { text: "2026-10-01T00:00:00.000Z" },
          tagVersion: "v1",
          addresses: {
            topLevelDomain: "us",
            baseUrl: "https://graph.test",
            loginUrl: "https://login.test",
            scope: "https://graph.test/.default",
          },
        },
        { name: "alerts", overrideTag: null, tagVersion: "v2" },
      ],
    });
  });

  it.each([["3", 3], ["'30'", 30], ["0", 0]])(
    "begins %s days back, if it says so",
    (written, lookbackDays) => {
      const text = small({ services: [`audit: {override_time_delta_in_days: ${written}}`] });
      expect(input(text)?.services[0]).toMatchObject({ lookbackDays });
    },
  );

  it("says once for each key what replaces it", () => {
    const at = (service: string, key: string) => `warning inputs.a.services.${service}.${key}: 1.x key: `;
    expect(problemsOf(whole)).toEqual([
      OLD,
      `13:9 ${
        at("audit", "reset_persistence_auth")
      }without effect: another start_time_in_utc resets the position`,
      `14:9 ${at("audit", "start_time")}use start_time_in_utc (and in 1 more)`,
      `15:9 ${
        at("audit", "override_time_delta_in_days")
      }use start_time_in_utc; without one, a stream begins so many days back`,
      "15:38 warning inputs.a.services.audit.override_time_delta_in_days: ignored, as start_time is given",
      `16:9 ${at("audit", "ms_365_environment")}use override_top_level_domain of the input (us for GCC High)`,
      `18:11 ${at("audit", "custom_endpoints.override_base_url_main")}use override_base_url of the input`,
      `19:11 ${
        at("audit", "custom_endpoints.override_base_url_vendor")
      }without effect: alerts are read as one collection`,
      `20:11 ${
        at("audit", "custom_endpoints.override_base_url_vendor_with_sub_provider")
      }without effect: alerts are read as one collection`,
      `21:11 ${at("audit", "custom_endpoints.override_login_url")}use override_login_url of the input`,
      `22:11 ${at("audit", "custom_endpoints.override_scope")}use override_scope_value of the input`,
      `24:9 ${at("alerts", "tag_version")}use globals.tag_generation and override_tag`,
      `25:9 ${
        at("alerts", "pull_sliding_window_timespan_period")
      }without effect: use override_query_window_max_seconds`,
    ]);
  });

  it.each([
    ["alerts", "v1", "cloud.msgraph.security.alerts.1"],
    ["secure_scores", "v1", "cloud.msgraph.security.secure_scores.1"],
    ["secure_score_control_profile", "v1", "cloud.msgraph.security.secure_score_control_profiles.1"],
    ["alerts", "v2", null],
  ])("tags %s of tag_version %s as the collector did", (service, version, overrideTag) => {
    expect(input(small({ services: [`${service}: {tag_version: ${version}}`] }))?.services[0]).toMatchObject({
      overrideTag,
      tagVersion: version,
    });
  });

  it("has override_tag win over tag_version", () => {
    const services = ["alerts: {tag_version: v1, override_tag: my.app.a.b}"];
    expect(input(small({ services }))?.services[0]?.overrideTag).toBe("my.app.a.b");
  });

  it.each([
    [
      "a tag version where there was no choice",
      ["signIns: {tag_version: v1}"],
      "11:30 warning inputs.a.services.signIns.tag_version: ignored: signIns never had a choice of tags",
    ],
    [
      "a tag version that is none",
      ["alerts: {tag_version: v3}"],
      '11:29 error inputs.a.services.alerts.tag_version: found "v3", expected "v1" or "v2" ' +
      "(MicrosoftGraphPullerCreationException 37)",
    ],
    [
      "both start times",
      ["alerts: {start_time: 2026-10-01, start_time_in_utc: 2026-10-02}"],
      "11:28 warning inputs.a.services.alerts.start_time: ignored, as start_time_in_utc is given",
    ],
    [
      "a start in words",
      ["alerts: {start_time: soon}"],
      '11:28 error inputs.a.services.alerts.start_time: found "soon", expected an ISO 8601 time such as ' +
      "2026-01-01T00:00:00Z (MicrosoftGraphPullerCreationException 37)",
    ],
  ])("is told of %s", (_, services, expected) => {
    expect(problemsOf(small({ services }))).toContain(expected);
  });

  it("has the input's own setting win over its services'", () => {
    const text = small({
      input: ["override_top_level_domain: com"],
      services: ["alerts: {ms_365_environment: GCC High}"],
    });
    expect(input(text)?.topLevelDomain).toBe("com");
    expect(problemsOf(text)).toContain(
      "12:36 warning inputs.a.services.alerts.ms_365_environment: ignored, as inputs.a.override_top_level_domain is given",
    );
  });
});

describe("the addresses of a 1.x service", () => {
  const services = (audit: string, alerts = "") => [
    "audit:",
    `  custom_endpoints: {override_base_url_main: ${JSON.stringify(audit)}}`,
    "alerts:",
    ...(alerts ? [`  custom_endpoints: {override_base_url_main: ${JSON.stringify(alerts)}}`] : []),
  ];
  const problems = (...urls: [string, string?]) =>
    problemsOf(small({ services: services(...urls) })).filter((line) =>
      line !== OLD && !line.includes("1.x key")
    );

  it.each([
    "https://graph.test/v1.0/auditLogs/directoryAudits?$filter=activityDateTime ge {start_time}",
    "https://graph.test/beta",
    "https://graph.test/{version}/auditLogs",
    "https://graph.test?$top={items_per_main_request}",
  ])("may be templates, of which only the beginning is used: %s", (template) => {
    const text = small({ services: services(template, template) });
    expect(input(text)?.baseUrl).toBe("https://graph.test");
    expect(problems(template, template)).toEqual(
      ["audit", "alerts"].map((service, index) =>
        `${
          12 + 2 * index
        }:52 warning inputs.a.services.${service}.custom_endpoints.override_base_url_main: ` +
        'only "https://graph.test" of it is used; the service says what to ask for'
      ),
    );
  });

  it("hold for that service alone, where they are not those of all", () => {
    const one = input(small({ services: services("https://graph.test") }))!;
    expect(one.baseUrl).toBeNull();
    expect(one.services.map(({ addresses }) => addresses?.baseUrl)).toEqual([
      "https://graph.test",
      undefined,
    ]);
    expect(problems("https://graph.test")).toEqual([]);
  });

  it("may differ from service to service, in the cloud, too", () => {
    const differing = ["alerts: {ms_365_environment: GCC}", "signIns: {ms_365_environment: GCC High}"];
    const text = small({ input: ["override_base_url: https://graph.test"], services: differing });
    expect(input(text)!.services.map(({ addresses }) => addresses)).toEqual(
      ["com", "us"].map((topLevelDomain) => ({
        topLevelDomain,
        baseUrl: "https://graph.test",
        loginUrl: null,
        scope: null,
      })),
    );
  });

  it("are told once where something is wrong with them", () => {
    const wrong = "https://graph.test/#x";
    expect(problems(wrong, "https://graph.test").filter((line) => line.includes(" error "))).toHaveLength(1);
  });
});

describe("ms_365_environment", () => {
  const said = (cloud: string) => {
    const text = small({ services: ["audit:", `  ms_365_environment: ${JSON.stringify(cloud)}`] });
    return [
      input(text)?.topLevelDomain,
      problemsOf(text).filter((line) => line.includes("worldwide")).length,
    ];
  };

  it.each(["GCC High", "gcc_high", "GCCHigh", "GCCH", "gcc-h", "us", "US Gov", "usgovernment", "L4"])(
    "of %s is GCC High",
    (cloud) => expect(said(cloud)).toEqual(["us", 0]),
  );
  it.each(["GCC", "com", "Global", "worldwide", "commercial"])(
    "of %s is the worldwide cloud",
    (cloud) => expect(said(cloud)).toEqual(["com", 0]),
  );
  it.each(["DoD", "china", "21Vianet"])("of %s is none that is known, which is said", (cloud) => {
    expect(said(cloud)).toEqual(["com", 1]);
  });
});
