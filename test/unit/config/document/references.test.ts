import { describe, expect, it } from "vitest";
import { readPluginPaths } from "../../../../src/config/globals.ts";
import { loadConfig } from "../../../../src/config/load.ts";
import { CLIENT, options, problemsOf, read, secretOf, small, TENANT } from "../example.ts";

const input = (text: string, env: Readonly<Record<string, string>> = {}) => {
  const found = read(text, options({}, env)).inputs[0]!;
  return { ...found, secret: secretOf(found.credentials), service: found.services[0]! };
};
/** A file whose secret is written so. */
const secretFile = (written: string) => small().replace("s3cr3t~value", () => JSON.stringify(written));
const problems = (text: string, env: Readonly<Record<string, string>> = {}) =>
  problemsOf(text, options({}, env));

describe("a reference to a variable", () => {
  it("is replaced in every kind of value", () => {
    const text = small({
      globals: [
        "name: ${NAME}",
        "debug: ${DEBUG}",
        "persistence: {config: {directory_name: '${HOME_OF}/state'}}",
      ],
      input: ["environment: 'in ${ENV}'"],
      services: ["signIns:", "  request_period_in_seconds: ${PERIOD}", "  enabled: ${ON}"],
    }).replace(TENANT, "${TENANT}").replace(CLIENT, "${CLIENT:-" + CLIENT + "}");
    const env = {
      NAME: "tap",
      DEBUG: "true",
      HOME_OF: "/srv",
      ENV: "prod",
      PERIOD: "600",
      ON: "true",
      TENANT,
    };
    const { globals, inputs } = read(text, options({}, env));
    expect(globals).toMatchObject({ name: "tap", debug: true, stateDir: "/srv/state" });
    expect(inputs[0]).toMatchObject({
      environment: "in prod",
      credentials: { tenantId: TENANT, clientId: CLIENT },
      services: [{ periodSeconds: 600, enabled: true }],
    });
  });

  it.each([
    ["${A}", { A: "x" }, "x"],
    ["${A:-b}", { A: "x" }, "x"],
    ["${A:-b c}", {}, "b c"],
    ["${A:-b}", { A: "" }, "b"],
    ["${A}-${B:-y}", { A: "x" }, "x-y"],
    ["$${A}", { A: "x" }, "${A}"],
    ["$$${A}", { A: "x" }, "$x"],
    ["5$$ ${A}", { A: "x" }, "5$ x"],
    ["${A}", { A: "${B} $$", B: "never" }, "${B} $$"],
    ["${A}", { A: "a: {b: [" }, "a: {b: ["],
  ])("%s with %j is %j", (written, env, wanted) => {
    const text = small({ input: [`environment: ${JSON.stringify(written)}`] });
    expect(input(text, env as Record<string, string>).environment).toBe(wanted);
  });

  it("has the type that YAML gives its text where it stands alone and without quotes", () => {
    const environment = (written: string) => small({ input: [`environment: ${written}`] });
    expect(input(environment("'${A}'"), { A: "010" }).environment).toBe("010");
    expect(problems(environment("${A}"), { A: "010" })).toEqual([
      "10:18 error inputs.a.environment: found 10, expected a text that is not empty; put a number in quotes",
    ]);
  });

  it("stays a text in credentials, whatever it looks like", () => {
    const text = small().replace("s3cr3t~value", "${SECRET}");
    expect(input(text, { SECRET: "0123456789" }).secret).toBe("0123456789");
  });

  it("is no part of a key", () => {
    const [problem] = problems(small({ input: ["${A}: x"] }), { A: "environment" });
    expect(problem).toMatch(/^10:5 error inputs\.a\..*unknown key/);
  });

  it("leaves what masks a record as it is", () => {
    const rule =
      "obfuscation_data: [{name: [a], value: '${B}'}, {name: [b], string_patterns: ['x$$', '${B}']}]";
    const { service } = input(small({ services: ["signIns:", `  ${rule}`] }), { B: "no" });
    expect(service.obfuscation[0]!.value).toBe("${B}");
  });

  it("is replaced in the paths of plugins, which are read first", () => {
    expect(readPluginPaths("globals: {plugins: ['${DIR}/a.yaml']}", { DIR: "/srv" })).toEqual([
      "/srv/a.yaml",
    ]);
  });
});

describe("a variable that is not set", () => {
  it("is told with its place and its name", () => {
    const text = small({
      globals: ["name: ${NAME}"],
      services: ["signIns:", "  request_period_in_seconds: ${PERIOD}"],
    }).replace("s3cr3t~value", "${SECRET}");
    const said = (name: string) =>
      `environment variable "${name}" is not set; ` +
      `set it, write \${${name}:-DEFAULT}, or $\${${name}} for the text itself`;
    expect(problems(text)).toEqual([
      `3:9 error globals.name: ${said("NAME")}`,
      `10:22 error inputs.a.credentials.client_secret: ${said("SECRET")}`,
      `13:36 error inputs.a.services.signIns.request_period_in_seconds: ${said("PERIOD")}`,
    ]);
  });

  it("is only warned of in outputs, and not told where it is switched off", () => {
    const top = ["outputs: {devo: {config: {address: '${ADDRESS}'}}}"];
    const off = ["alerts_v2: {enabled: false, override_tag: '${TAG}'}", "signIns: {}"];
    expect(problems(small({ top, services: off }))).toEqual([
      expect.stringMatching(
        /^13:36 warning outputs.devo.config.address: environment variable "ADDRESS" is not/,
      ),
    ]);
  });
});

describe("a secret of an old file", () => {
  it.each(["a$$b", "$$", "$", "a$b$$c", "${", "$(x)", "${1}", "a${x", "${}"])(
    "stays what it was: %s",
    (secret) => {
      expect(input(secretFile(secret), { x: "no", b: "no" }).secret).toBe(secret);
    },
  );

  it("is told when it holds what begins like a reference", () => {
    expect(problems(secretFile("a${x$$"))).toEqual([
      '9:22 warning inputs.a.credentials.client_secret: holds "${", which begins no reference here; ' +
      "the text stays as it is",
    ]);
  });

  const own = "write $${ where the secret itself holds ${, and $$ for each other $ in it";

  it("is told when a part of it reads as a reference, and nothing of it is shown", () => {
    expect(problems(secretFile("ab${cd}ef"))).toEqual([
      "9:22 error inputs.a.credentials.client_secret: " +
      `holds \${…}, and no environment variable has its name; ${own}`,
    ]);
    expect(problems(secretFile("ab${cd}ef"), { cd: "x" })).toEqual([
      `9:22 warning inputs.a.credentials.client_secret: a part of it is replaced by an environment variable; ${own}`,
    ]);
  });

  it("can be written with dollars for what it is", () => {
    expect(input(secretFile("ab$${cd}e$$f"), { cd: "no" }).secret).toBe("ab${cd}e$f");
    expect(input(secretFile("ab$${cd:?}"), {}).secret).toBe("ab${cd:?}");
    expect(problems(secretFile("ab$${cd}e$$f"))).toEqual([]);
  });
});

describe("what comes from the environment", () => {
  it("is no secret when it still waits for its value", () => {
    expect(problems(secretFile("${S}"), { S: "<secret>" })).toEqual([
      "9:22 warning inputs.a.credentials.client_secret: " +
      "this looks like a placeholder or a variable, not like a secret; the login may fail",
    ]);
    expect(problems(secretFile("${S}"), { S: "a${b}$$c" })).toEqual([]);
  });

  const SECRET = 'Q~7"secret/of+mine' + "x".repeat(60);
  it.each([
    ["a tag", ["signIns:", "  override_tag: a b ${S}"]],
    ["a period", ["signIns:", "  request_period_in_seconds: ${S}"]],
    ["a start time", ["signIns:", "  start_time_in_utc: ${S}"]],
    ["a filter", ["signIns:", "  additional_filter: ${S})"]],
  ])("is shown in no problem: %s", (_, services) => {
    const given = options({}, { S: SECRET });
    const found = problemsOf(small({ services }), given);
    expect(found).toHaveLength(1);
    expect(found.join()).not.toMatch(/secret/i);
    expect(() => loadConfig(small({ services }), given)).toThrow(/^(?!.*secret\/of).*$/s);
  });

  it("is named by its variable where a problem would show it", () => {
    const text = small({ services: ["signIns:", "  request_period_in_seconds: ${PERIOD}"] });
    expect(problems(text, { PERIOD: "often enough" })).toEqual([
      "12:36 error inputs.a.services.signIns.request_period_in_seconds: " +
      'found "${PERIOD}", expected a whole number of seconds, 60 or more',
    ]);
  });
});
