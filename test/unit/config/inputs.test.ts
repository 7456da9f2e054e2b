import { describe, expect, it } from "vitest";
import { problemsOf, read, small, TENANT } from "./example.ts";

describe("an input", () => {
  it("accepts override_scope and request_per_second", () => {
    const { inputs: [input] } = read(
      small({ input: ["override_scope: x/.default", "request_per_second: 5"] }),
    );
    expect([input!.scope, input!.requestsPerSecond]).toEqual(["x/.default", 5]);
  });

  it("accepts plain http to this host, and to others when asked", () => {
    const input = ["override_base_url: http://127.0.0.1:8080/graph/", "override_login_url: http://[::1]:1"];
    expect(read(small({ input })).inputs[0]).toMatchObject({
      baseUrl: "http://127.0.0.1:8080/graph",
      loginUrl: "http://[::1]:1",
    });
    const globals = ["allow_insecure_urls: true"];
    expect(problemsOf(small({ globals, input: ["override_base_url: http://graph.test"] }))).toEqual([]);
  });
});

describe("an input that is switched off", () => {
  it("may hold any mistake, also an id of another", () => {
    const off = [
      "  b:",
      "    enabled: false",
      "    id: 10001",
      "    credentials: {tenant_id: <tenant>, client_secret: {file: none}}",
      "    unknown: 1",
      "    services: {no_such: {}, signIns: {request_period_in_seconds: 1}}",
      "",
    ].join("\n");
    expect(problemsOf(small() + off)).toEqual([]);
    expect(read(small() + off).inputs.map(({ name }) => name)).toEqual(["a"]);
  });
});

describe("an empty text, as cloud forms write it", () => {
  it("is no value, where there may be none", () => {
    const text = small({
      globals: ['name: ""', "requests_limits: ''", "persistence: ''"],
      input: ['environment: ""', "override_base_url: ' '", "override_scope: ''", "requests_per_second: ''"],
      services: [
        "signIns: ''",
        "directory_audits: {request_period_in_seconds: '', start_time_in_utc: '', obfuscation_data: '', override_tag: ''}",
      ],
      top: [
        "outputs: {devo: {type: devo_platform, config: {address: '', port: ''}}}",
        "global_overrides: ''",
      ],
    });
    expect(problemsOf(text)).toEqual([]);
    const { inputs: [input], globals, outputs: [output] } = read(text);
    expect(input).toMatchObject({ environment: null, baseUrl: null, scope: null, requestsPerSecond: null });
    expect(input!.services.map(({ periodSeconds }) => periodSeconds)).toEqual([300, 300]);
    expect([globals.name, globals.stateDir, output!.address, output!.port]).toEqual([
      null,
      "state",
      null,
      null,
    ]);
  });

  it("is a mistake where a value must be", () => {
    expect(problemsOf(small().replace("10001", "''"))[0]).toMatch(/^5:9 error inputs\.a\.id: /);
    expect(problemsOf(small().replace("s3cr3t~value", "''"))[0]).toMatch(/client_secret: is empty; expected/);
  });

  it("still replaces what a rule masks", () => {
    const services = ["signIns:", "  obfuscation_data: [{name: [a], value: ''}]"];
    expect(read(small({ services })).inputs[0]!.services[0]!.obfuscation[0]!.value).toBe("");
  });
});

describe("an address that is more than an address", () => {
  it.each([
    [
      "override_base_url: https://graph.microsoft.com/v1.0",
      "expected the address of Graph alone: its version",
    ],
    ["override_base_url: https://proxy.test/graph/beta/", "expected the address of Graph alone"],
    [
      `override_login_url: https://login.microsoftonline.com/${TENANT}/oauth2/v2.0/token`,
      "expected the address of the login service alone: the tenant and /oauth2/v2.0/token are added",
    ],
    [`override_login_url: https://login.microsoftonline.com/${TENANT}`, "expected the address of the login"],
    [
      "override_login_url: https://proxy.test/x/oauth2/token",
      "expected the address of the login service alone",
    ],
  ])("is refused: %s", (line, said) => {
    const [problem, ...others] = problemsOf(small({ input: [line] }));
    expect([problem, others]).toEqual([expect.stringMatching(/^10:\d+ error inputs\.a\.override_/), []]);
    expect(problem).toContain(said);
  });

  it("may have a path of its own", () => {
    const input = [
      "override_base_url: https://proxy.test/graph",
      "override_login_url: https://proxy.test/login",
    ];
    expect(problemsOf(small({ input }))).toEqual([]);
  });
});

describe("the cloud", () => {
  it.each(["gcc_high", "GCC High", "GCCH", "US", "usgov", ".us"])(
    "is us, not %s, which the message says",
    (cloud) => {
      expect(problemsOf(small({ input: [`override_top_level_domain: ${cloud}`] }))).toEqual([
        `10:32 error inputs.a.override_top_level_domain: found ${
          JSON.stringify(cloud)
        }, expected "us", which is GCC High`,
      ]);
    },
  );

  it("of Graph and of the login must be one", () => {
    expect(problemsOf(small({ input: ["override_base_url: https://graph.microsoft.us"] }))).toEqual([
      "10:24 warning inputs.a.override_base_url: this is Graph of GCC High, but the login is that of the worldwide " +
      "cloud; set override_top_level_domain: us",
    ]);
  });

  it("gives tokens for scopes that end in /.default only", () => {
    expect(problemsOf(small({ input: ["override_scope_value: https://graph.microsoft.com"] }))).toEqual([
      expect.stringMatching(/^10:27 warning inputs\.a\.override_scope_value: .*ends in \/\.default/),
    ]);
  });
});
