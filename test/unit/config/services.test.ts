import { describe, expect, it } from "vitest";
import { CLIENT, problemsOf, read, small, TENANT } from "./example.ts";

describe("the services of an input", () => {
  it("are known by older names, too, and keep the configured one", () => {
    const { inputs: [input] } = read(small({ services: ["audit:", "signIn_nonInteractive:"] }));
    expect(input!.services.map((service) => [service.configuredName, service.name])).toEqual([
      ["audit", "directory_audits"],
      ["signIn_nonInteractive", "signIn_nonInteractive"],
    ]);
  });

  it("that are switched off may hold any mistake, or be of an unknown name", () => {
    const services = [
      "signIns:",
      "no_such: {enabled: false}",
      "directory_audits: {enabled: 'no', request_period_in_seconds: -1, start_time_in_utc: <when>, what: 1}",
      "alerts: {enabled: false, additional_filter: '(('}",
      "signIn: {enabled: false}",
    ];
    expect(problemsOf(small({ services }))).toEqual([]);
    const enabled = read(small({ services })).inputs[0]!.services.filter((service) => service.enabled);
    expect(enabled.map(({ name }) => name)).toEqual(["signIns"]);
  });

  describe("of which there are none", () => {
    const other = (services: string) =>
      [
        "  b:",
        "    id: 2",
        `    credentials: {tenant_id: ${TENANT}, client_id: ${CLIENT}, client_secret: x}`,
        `    services: ${services}`,
        "",
      ].join("\n");

    it.each(["{}", "", "''"])("are a warning where another input has some: services: %s", (none) => {
      expect(problemsOf(small() + other(none))).toEqual([
        "15:5 warning inputs.b.services: names no service: nothing of this input is pulled",
      ]);
      expect(read(small() + other(none)).inputs[1]!.services).toEqual([]);
    });

    it("are an error where no other has any", () => {
      const text = small({ services: [] }).replace("    services:", "    services: {}");
      expect(problemsOf(text)).toHaveLength(1);
      expect(problemsOf(text + other("{}"))).toHaveLength(2);
      expect(problemsOf(text)[0]).toMatch(/^10:5 error inputs\.a\.services: names no service; expected/);
    });
  });
});
