import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { loadConfig, parseConfig } from "../../../../src/config/load.ts";
import { createSecret } from "../../../../src/config/credentials/secret.ts";
import { CLIENT, options, problemsOf, secretOf, small, TENANT } from "../example.ts";

const VALUE = "s3cr3t~value";
const readers = options();

describe("a secret", () => {
  const secret = createSecret(VALUE, readers);
  it.each([
    ["a template", `${secret}`],
    ["a sum of texts", "" + secret],
    ["JSON.stringify", JSON.stringify({ secret })],
    ["util.inspect", inspect({ secret }, { depth: 9, showHidden: true, getters: true })],
    [
      "util.inspect without custom functions",
      inspect({ secret }, { customInspect: false, showHidden: true }),
    ],
    ["Object.entries", String(Object.entries(secret))],
    ["a copy", JSON.stringify({ ...secret })],
  ])("does not print in %s", (_, printed) => {
    expect(printed).not.toContain(VALUE);
  });

  it("prints as [secret] and reveals itself when asked", () => {
    expect([`${secret}`, JSON.stringify([secret]), inspect(secret)]).toEqual([
      "[secret]",
      '["[secret]"]',
      "[secret]",
    ]);
    expect(secret.reveal()).toBe(VALUE);
  });

  it("is read from the environment at each call", () => {
    const env: Record<string, string> = { NAME: "old" };
    const fromEnv = createSecret({ env: "NAME" }, { ...readers, env });
    expect(fromEnv.reveal()).toBe("old");
    env["NAME"] = "new";
    expect(fromEnv.reveal()).toBe("new");
    delete env["NAME"];
    expect(() => fromEnv.reveal()).toThrow('environment variable "NAME" is not set');
  });

  it("is read from a file beside the configuration at each call, without its line end", () => {
    const files = { "config/secret.txt": "old\r\n", "/run/secret": "absolute\n" };
    const given = options(files);
    const fromFile = createSecret({ file: "secret.txt" }, given);
    expect(fromFile.reveal()).toBe("old");
    files["config/secret.txt"] = "new";
    expect(fromFile.reveal()).toBe("new");
    expect(createSecret({ file: "/run/secret" }, given).reveal()).toBe("absolute");
  });

  it.each([
    ["missing", "none", 'cannot read file "config/none" (ENOENT)'],
    ["empty", "empty", 'file "config/empty" is empty; expected one line, the secret'],
    [
      "in a home that no shell put in",
      "~/s",
      'cannot read file "~/s": nothing replaces the "~" there; write the whole path',
    ],
    ["of several lines", "many", 'file "config/many" holds several lines; expected one line, the secret'],
  ])("names a file that is %s", (_, file, message) => {
    const given = options({ "config/empty": "\n", "config/many": `${VALUE}\nx\n` });
    expect(() => createSecret({ file }, given).reveal()).toThrow(
      expect.objectContaining({ code: file === "none" ? "secret-missing" : "secret-unreadable", message }),
    );
  });
});

describe("a secret in the place of where it is", () => {
  const PEM = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADAN\n-----END PRIVATE KEY-----\n";
  const JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJtZSJ9.c2lnbmF0dXJl";
  const ENTRA = "abc8Q~0123456789_ABCDEFGHIJKLMNOPQRSTU.x";
  const text = (kind: object) =>
    small().replace(/client_secret: .*/, JSON.stringify(kind).slice(1, -1).replace(":", ": "));

  it.each([
    ["a key, as the file of a certificate", PEM, { client_certificate: { file: PEM } }],
    ["a key, as the file of a key", PEM, { client_certificate: { file: "app.pem", key: PEM } }],
    ["a token, as the file of a token", JWT, { federated_token: { file: JWT } }],
    ["a secret, as its file", ENTRA, { client_secret: { file: ENTRA } }],
    ["a secret, as its variable", ENTRA, { client_secret: { env: ENTRA } }],
  ])("is told, and not shown: %s", (_, secret, kind) => {
    const said = problemsOf(text(kind), options({ "config/app.pem": "x" })).join("\n");
    expect(said).toMatch(
      /error inputs\.a\.credentials\..*: this is no (path, but what should be in a file|variable's name)/,
    );
    for (const part of secret.split(/[\n.]/).filter((one) => one !== "")) expect(said).not.toContain(part);
  });

  it.each([["AZURE_CLIENT_CERTIFICATE_PATH", PEM], ["AZURE_FEDERATED_TOKEN_FILE", JWT]])(
    "is told of a variable of Azure, by its name: %s",
    (variable, secret) => {
      const alone = small().replace(/ {4}credentials:\n(.*\n){3}/, `    tenant_id: ${TENANT}\n`);
      const env = { AZURE_CLIENT_ID: CLIENT, [variable]: secret };
      expect(problemsOf(alone, options({}, env))).toEqual([
        expect.stringMatching(
          /^4:3 error inputs\.a: \$AZURE_[A-Z_]+: this is no path, but what should be in a file; put it into one, and its path here$/,
        ),
      ]);
    },
  );

  it("is no long path, and no long name", () => {
    const path = "/var/run/secrets/azure.tokens/azure-identity-token";
    const given = options({ [path]: VALUE }, { A_VARIABLE_WITH_A_NAME_OF_FORTY_LETTERS_X: VALUE });
    expect(createSecret({ file: path }, given).reveal()).toBe(VALUE);
    expect(createSecret({ env: "A_VARIABLE_WITH_A_NAME_OF_FORTY_LETTERS_X" }, given).reveal()).toBe(VALUE);
  });
});

describe("a certificate in a home that no shell put in", () => {
  it("is no file that may come by itself", () => {
    const text = small().replace(/client_secret: .*/, "client_certificate: {file: ~/app.pem}");
    expect(parseConfig(text, options()).problems).toEqual([
      expect.objectContaining({
        message: 'cannot read file "~/app.pem": nothing replaces the "~" there; write the whole path',
      }),
    ]);
  });
});

describe("a secret in a file with mistakes", () => {
  const misplaced = [
    ["beside other mistakes", small({ input: ["enabled: maybe", "bogus: 1"], services: ["signInz:"] })],
    ["under a misspelt key", small().replace("client_secret:", "client_secert:")],
    ["in the place of the tenant", small().replace(/tenant_id: .*/, `tenant_id: "${VALUE} x"`)],
    ["in the place of the application", small().replace(/client_id: .*/, `client_id: ${VALUE}`)],
    ["outside its block", small({ input: [`client_secret: ${VALUE}`] })],
    ["without the space after the colon", small().replace(/client_secret: /, "client_secret:")],
    [
      "in a flow map without the space",
      small().replace(/credentials:\n(.*\n){3}/, `credentials: {client_secret:${VALUE}}\n`),
    ],
    ["in place of its block", small().replace(/credentials:\n(.*\n){3}/, `credentials: ${VALUE}\n`)],
    ["in place of its input", `inputs: {a: ${VALUE}}`],
    ["in place of the file", VALUE],
    ["with a broken quote", small().replace(`: ${VALUE}`, `: "${VALUE}`)],
    ["that begins like an alias", small().replace(`: ${VALUE}`, `: *${VALUE}`)],
    ["that begins like a tag", small().replace(`: ${VALUE}`, `: !${VALUE}`)],
    ["that holds a colon", small().replace(`: ${VALUE}`, `: ${VALUE}: x`)],
    ["of the wrong type", small().replace(`: ${VALUE}`, `: [${VALUE}]`)],
    ["with a further key", small().replace(`: ${VALUE}`, `: {env: NAME, value: ${VALUE}}`)],
    ["as the password of an address", small({ input: [`override_base_url: https://u:${VALUE}@graph.test`] })],
  ] as const;
  it.each(misplaced)("does not print %s", (_, text) => {
    expect(text).toContain(VALUE);
    const { problems, config } = parseConfig(text, options());
    expect(problems.length).toBeGreaterThan(0);
    expect(JSON.stringify(problems)).not.toContain(VALUE);
    if (config === null) {
      expect(() => loadConfig(text, options())).toThrow(
        expect.objectContaining({ message: expect.not.stringContaining(VALUE) }),
      );
    }
  });

  it("does not print with the whole configuration", () => {
    const { config } = parseConfig(small(), options());
    expect(secretOf(config!.inputs[0]!.credentials)).toBe(VALUE);
    expect(inspect(config, { depth: 9, showHidden: true }) + JSON.stringify(config)).not.toContain(VALUE);
  });

  it("is missed at load when its variable is not set", () => {
    expect(problemsOf(small().replace(VALUE, "{env: GRAPH_SECRET}"))).toEqual([
      '9:28 error inputs.a.credentials.client_secret.env: environment variable "GRAPH_SECRET" is not set',
    ]);
  });

  it("counts for nothing in a disabled input", () => {
    const other = [
      "b:",
      "  id: 2",
      `  credentials: {tenant_id: contoso.com, client_id: ${CLIENT}, client_secret: y}`,
    ];
    const text = small({ input: ["enabled: false"] }).replace(VALUE, "{file: none}");
    const enabled = [...other, "  services: {alerts_v2: }"].map((line) => `  ${line}\n`).join("");
    expect(problemsOf(text + enabled)).toEqual([]);
  });
});

describe("a secret in the environment", () => {
  const from = (value: string) => ({
    secret: createSecret({ env: "S" }, options({}, { S: value })),
    problems: problemsOf(small().replace(VALUE, "{env: S}"), options({}, { S: value })),
  });

  it.each(["s3cr3t\n", "s3cr3t\r\n", "\uFEFFs3cr3t\n\n"])(
    "loses the line break at its end, as one in a file does: %j",
    (value) => {
      expect([from(value).secret.reveal(), from(value).problems]).toEqual(["s3cr3t", []]);
    },
  );

  it.each([
    [" s3cr3t", "the secret begins or ends with white space, which counts"],
    ["s3cr3t\t", "the secret begins or ends with white space, which counts"],
    ['"s3cr3t"', "the secret stands in quotes, which count"],
    ["'s3cr3t'", "the secret stands in quotes, which count"],
    ["${S}", "this looks like a placeholder or a variable, not like a secret"],
    ["<secret>", "this looks like a placeholder or a variable, not like a secret"],
  ])("is looked at: %j", (value, said) => {
    expect(from(value).problems).toEqual([
      `9:28 warning inputs.a.credentials.client_secret.env: ${said}; the login may fail`,
    ]);
  });

  it("has one line", () => {
    expect(from("a\nb").problems[0]).toMatch(
      /environment variable "S" holds several lines; expected one line, the secret$/,
    );
  });
});

describe("a file that others may read or write", () => {
  const given = (mode: string, files = { "config/secret": VALUE }) => ({
    ...options(files),
    accessOf: () => ({ read: mode.endsWith("4") || mode.endsWith("6"), write: mode.endsWith("6"), mode }),
  });
  const inFile = small().replace(VALUE, "{file: secret}");

  it.each(["0600", "0640"])("is none with mode %s", (mode) => {
    expect(problemsOf(small(), given(mode))).toEqual([]);
    expect(problemsOf(inFile, given(mode))).toEqual([]);
  });

  it("is told where it holds a secret", () => {
    expect(problemsOf(inFile, given("0644"))).toEqual([
      '9:29 warning inputs.a.credentials.client_secret.file: every user of this host may read "config/secret" ' +
      "(mode 0644), which holds a secret; chmod o= closes it",
    ]);
    expect(problemsOf(small(), given("0644"))[0]).toMatch(
      /client_secret: .* may read "config\/config\.yaml"/,
    );
    expect(problemsOf(small().replace(VALUE, "{env: S}"), { ...given("0644"), env: { S: VALUE } })).toEqual(
      [],
    );
  });

  it("is told of every configuration that they may write", () => {
    expect(problemsOf(small().replace(VALUE, "{env: S}"), { ...given("0666"), env: { S: VALUE } })).toEqual([
      "- warning : every user of this host may write this file (mode 0666); chmod o-w closes it",
    ]);
  });
});
