import { describe, expect, it } from "vitest";
import {
  CLIENT,
  jsonExample,
  options,
  problemsOf,
  read,
  secretOf,
  small,
  TENANT,
  yamlExample,
} from "./example.ts";

const withSecret = options({}, { GRAPH_SECRET: "from the environment" });

describe("the collector's own file", () => {
  it("is read without a remark", () => {
    expect(problemsOf(yamlExample, withSecret)).toEqual([]);
    expect(problemsOf(jsonExample)).toEqual([]);
  });

  it("keeps inputs and services in the order of the file", () => {
    const { inputs } = read(yamlExample, withSecret);
    expect(inputs.map((input) => [input.name, input.id, input.enabled])).toEqual([
      ["microsoft_graph_audit", "10001", true],
      ["microsoft_graph_security", "10002", true],
    ]);
    expect(inputs.map((input) => input.services.map((service) => service.name))).toEqual([
      ["directory_audits", "provisioning_audits", "signIns"],
      ["secure_score_control_profiles", "secure_scores", "alerts", "alerts_v2"],
    ]);
  });

  it("gives every setting of an input", () => {
    const { credentials, services: _, ...input } = read(yamlExample, withSecret).inputs[0]!;
    expect(input).toEqual({
      name: "microsoft_graph_audit",
      id: "10001",
      enabled: true,
      environment: "prod",
      topLevelDomain: "us",
      baseUrl: "https://graph.microsoft.us",
      loginUrl: "https://login.microsoftonline.us",
      scope: "https://graph.microsoft.us/.default",
      requestsPerSecond: 5,
      requestLimits: [],
      line: { version: "2.x", sign: "microsoft_graph_audit" },
    });
    expect([credentials.tenantId, credentials.clientId]).toEqual([TENANT, CLIENT]);
    expect(secretOf(credentials)).toBe("s3cr3t~value");
  });

  it("gives every setting of a service", () => {
    expect(read(yamlExample, withSecret).inputs[0]!.services[2]).toEqual({
      name: "signIns",
      configuredName: "signIns",
      enabled: true,
      periodSeconds: 300,
      startTime: { text: "2026-01-01T00:00:00Z", instant: { seconds: 1_767_225_600, nanos: 0 } },
      lookbackDays: 0,
      additionalFilter: "status/errorCode ne 0",
      overrideTag: "my.app.graph.signins",
      tagVersion: null,
      windowMaxSeconds: 3600,
      rereadAfterSeconds: null,
      rereadMaxSeconds: null,
      trackUpdates: true,
      tellsRemoved: false,
      requestLimits: [],
      obfuscation: [
        { path: ["userPrincipalName"], value: "*****", stringPatterns: [], pseudonymKey: null },
        { path: ["location", "*"], value: undefined, stringPatterns: [], pseudonymKey: null },
        {
          path: ["ipAddress"],
          value: undefined,
          stringPatterns: [expect.objectContaining({ source: "[0-9]+$" })],
          pseudonymKey: null,
        },
      ],
    });
  });

  it("has the defaults of a service without settings", () => {
    expect(read(yamlExample, withSecret).inputs[0]!.services[0]).toEqual({
      name: "directory_audits",
      configuredName: "directory_audits",
      enabled: true,
      periodSeconds: 300,
      startTime: null,
      lookbackDays: 0,
      additionalFilter: null,
      overrideTag: null,
      tagVersion: null,
      windowMaxSeconds: null,
      rereadAfterSeconds: null,
      rereadMaxSeconds: null,
      trackUpdates: true,
      tellsRemoved: false,
      requestLimits: [],
      obfuscation: [],
    });
  });

  it("takes texts for numbers and booleans in the cloud form", () => {
    const { globals, inputs: [input] } = read(jsonExample);
    expect([globals.debug, input!.enabled, input!.requestsPerSecond]).toEqual([true, true, 2.5]);
    expect(input!.services[0]!.periodSeconds).toBe(300);
    expect(input!.services[0]!.startTime?.instant.seconds).toBe(1_767_225_600);
    expect(input!.services[1]!.windowMaxSeconds).toBe(3600);
  });

  it("is read with a byte order mark before it, and with Windows line ends", () => {
    expect(problemsOf(`\uFEFF${yamlExample}`.replaceAll("\n", "\r\n"), withSecret)).toEqual([]);
  });

  it("takes a shared block by anchor, merge key and x- key", () => {
    const services = ["signIns: {<<: *common, enabled: false}", "alerts_v2: *common"];
    const text = "x-common: &common {request_period_in_seconds: 600}\n" + small({ services });
    expect(read(text).inputs[0]!.services.map((one) => [one.periodSeconds, one.enabled])).toEqual([
      [600, false],
      [600, true],
    ]);
  });
});
