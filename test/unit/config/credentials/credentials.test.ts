import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { CLIENT, options, problemsOf, read, secretOf, small, TENANT } from "../example.ts";

/** A configuration whose input has these lines in the place of its credentials. */
function withCredentials(lines: readonly string[], globals: string[] = []): string {
  return small({ globals }).replace(
    / {4}credentials:\n(.*\n){3}/,
    lines.map((line) => `    ${line}\n`).join(""),
  );
}
const own = (...lines: string[]) => withCredentials(["credentials:", ...lines.map((line) => `  ${line}`)]);
const credentialsOf = (text: string, given = options()) => read(text, given).inputs[0]!.credentials;

describe("the kinds of credentials", () => {
  it("are one in an input: each other is named", () => {
    const text = own(`tenant_id: ${TENANT}`, `client_id: ${CLIENT}`, "client_secret: x", "client_secrets: y")
      .replace("client_secrets: y", "federated_token: {command: [cat]}");
    expect(problemsOf(text)).toContain(
      "10:7 error inputs.a.credentials.federated_token: stands beside client_secret; keep one of them",
    );
  });

  it("may not be none, and what else is missing is named, too", () => {
    expect(problemsOf(own("tenant_id: contoso.com"))).toContain(
      "6:5 error inputs.a.credentials.client_id: is missing; expected the application's id, a text " +
        "(InputConfigurationError 7)",
    );
    expect(problemsOf(own(`tenant_id: ${TENANT}`, `client_id: ${CLIENT}`))).toEqual([
      "6:5 error inputs.a.credentials.client_secret: is missing; expected one of client_secret, " +
      "client_certificate, federated_token, managed_identity or azure_cli (InputConfigurationError 9)",
    ]);
  });

  it.each([
    [
      "client_certificate: {key: x}",
      "client_certificate.file: is missing; expected the path of a PEM or PFX file",
    ],
    ["client_certificate: x.pem", "client_certificate: found a text, expected a map of keys"],
    [
      "federated_token: gitlab",
      'federated_token: found a text, expected {file: PATH}, {command: [PROGRAM, ARGUMENT, …]}, "github", or {}',
    ],
    [
      "federated_token: {env: CI_TOKEN}",
      'federated_token: found a map, expected {file: PATH}, {command: [PROGRAM, ARGUMENT, …]}, "github", or {}',
    ],
    [
      "managed_identity: {client_id: a, object_id: b}",
      "managed_identity: found a map, expected true, or one of {client_id: ID}",
    ],
    ["azure_cli: false", "azure_cli: found true or false, expected true"],
    [
      "client_secret: {command: []}",
      "client_secret.command: found a list, expected a program and its arguments",
    ],
  ])("are told what they look like: %s", (line, said) => {
    expect(problemsOf(own(`tenant_id: ${TENANT}`, `client_id: ${CLIENT}`, line)).join("\n")).toContain(said);
  });
});

describe("a managed identity", () => {
  const identity = (tenant: string) => own(`tenant_id: ${tenant}`, "managed_identity: {client_id: x}");

  it("is asked for where the variables of the host say", () => {
    const env = { IDENTITY_ENDPOINT: "http://127.0.0.1:41403/msi/token", IDENTITY_HEADER: "a-header" };
    const credentials = credentialsOf(identity(TENANT), options({}, env));
    expect(credentials).toMatchObject({
      kind: "managed_identity",
      clientId: null,
      identity: { by: "client_id", id: "x" },
      host: { kind: "app-service", url: env.IDENTITY_ENDPOINT },
    });
    expect(JSON.stringify(credentials)).not.toContain(env.IDENTITY_HEADER);
  });

  it("needs the tenant's id, for its tokens are compared with it", () => {
    expect(problemsOf(identity("contoso.example"))).toEqual([
      "7:18 error inputs.a.credentials.tenant_id: is no GUID; the tokens of a managed identity are compared with the " +
      "tenant's id",
    ]);
  });

  it("is not that of Service Fabric", () => {
    const env = { IDENTITY_SERVER_THUMBPRINT: "AB" };
    expect(problemsOf(identity(TENANT), options({}, env)).join("\n")).toMatch(
      /credentials\.managed_identity: this host is a node of Service Fabric/,
    );
  });
});

describe("a secret by a command", () => {
  const text = (program: string) =>
    own(
      `tenant_id: ${TENANT}`,
      `client_id: ${CLIENT}`,
      `client_secret: {command: [${program}, get, secret]}`,
    );

  it("is not run by the reading", () => {
    expect(credentialsOf(text("/no/such/program"))).toMatchObject({
      kind: "client_secret",
      clientSecret: { command: ["/no/such/program", "get", "secret"] },
    });
  });

  it("is looked for beside the configuration where it is named by a path", () => {
    const words = (program: string) => {
      const credentials = credentialsOf(text(program));
      return "clientSecret" in credentials && "command" in credentials.clientSecret
        ? credentials.clientSecret.command[0]
        : null;
    };
    expect(words("./vault")).toMatch(/^\/.*\/config\/vault$/);
    expect(words("vault")).toBe("vault");
  });
});

describe("a certificate", () => {
  const text = own(
    `tenant_id: ${TENANT}`,
    `client_id: ${CLIENT}`,
    "client_certificate: {file: app.pem, key: /keys/app.key, password: {env: KEY_PASSWORD}}",
  );
  const files = { "config/app.pem": "the certificate", "/keys/app.key": "the key" };
  const given = options(files, { KEY_PASSWORD: "secret" });

  it("is its files, which are read again and beside the configuration, and a password", () => {
    const credentials = credentialsOf(text, given);
    if (credentials.kind !== "client_certificate") throw new Error(credentials.kind);
    const { certificate, key, password } = credentials;
    expect([certificate.path, key?.path]).toEqual(["config/app.pem", "/keys/app.key"]);
    expect(new TextDecoder().decode(certificate.read())).toBe("the certificate");
    expect(password?.reveal()).toBe("secret");
  });

  it("has each of its files named that is not there", () => {
    expect(problemsOf(text, options())).toEqual([
      '9:34 error inputs.a.credentials.client_certificate.file: cannot read file "config/app.pem" (ENOENT)',
      '9:48 error inputs.a.credentials.client_certificate.key: cannot read file "/keys/app.key" (ENOENT)',
      '9:73 error inputs.a.credentials.client_certificate.password: environment variable "KEY_PASSWORD" is not set',
    ]);
  });

  it("is told by whoever looks at it, at the part that is wrong", () => {
    const inspectCertificate = () => [
      { severity: "error", part: "key", message: "does not belong to it" } as const,
      { severity: "warning", part: "file", message: "is weak" } as const,
    ];
    expect(problemsOf(text, { ...given, inspectCertificate })).toEqual([
      "9:34 warning inputs.a.credentials.client_certificate.file: is weak",
      "9:48 error inputs.a.credentials.client_certificate.key: does not belong to it",
    ]);
  });

  it("whose key others may read is told", () => {
    const accessOf = (path: string) => ({ read: path.endsWith(".key"), write: false, mode: "0644" });
    expect(problemsOf(text, { ...given, accessOf })).toEqual([
      "9:48 warning inputs.a.credentials.client_certificate.key: every user of this host may read " +
      '"/keys/app.key" (mode 0644), which holds a secret; chmod o= closes it',
    ]);
  });
});

describe("another's token", () => {
  const text = (value: string) =>
    own(`tenant_id: ${TENANT}`, `client_id: ${CLIENT}`, `federated_token: ${value}`);
  const github = {
    ACTIONS_ID_TOKEN_REQUEST_URL: "https://actions.example/token",
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: "of the job",
  };

  it.each([
    ["{file: /run/token}", {}],
    ["{}", { AZURE_FEDERATED_TOKEN_FILE: "/run/token" }],
  ])("is read from a file: %s", (value, env) => {
    expect(credentialsOf(text(value), options({ "/run/token": "x" }, env))).toMatchObject({
      from: { path: "/run/token" },
    });
  });

  it.each([
    [
      "{file: /run/token}",
      /^9:31 error .*federated_token\.file: cannot read file "\/run\/token" \(ENOENT\)$/,
    ],
    ["{}", /^9:24 error .*federated_token: names no file, and \$AZURE_FEDERATED_TOKEN_FILE is not set/],
    [
      "github",
      /^9:24 error .*federated_token: environment variable "ACTIONS_ID_TOKEN_REQUEST_URL" is not set$/,
    ],
  ])("that cannot be had is told: %s", (value, said) => {
    expect(problemsOf(text(value))).toEqual([expect.stringMatching(said)]);
  });

  it("may be GitHub's", () => {
    const credentials = credentialsOf(text("github"), options({}, github));
    if (credentials.kind !== "federated_token" || !("requestUrl" in credentials.from)) {
      throw new Error("not GitHub's");
    }
    const { requestUrl, requestToken } = credentials.from;
    expect([requestUrl.reveal(), requestToken.reveal()]).toEqual(Object.values(github));
  });
});

describe("what inputs share in globals.credentials", () => {
  const globals = ["credentials:", `  client_id: ${CLIENT}`, "  client_secret: s3cr3t~value"];

  it.each([
    ["beside no block", [`tenant_id: ${TENANT}`]],
    ["beside a block with the tenant alone", ["credentials:", `  tenant_id: ${TENANT}`]],
  ])("is an input's, %s", (_, lines) => {
    const credentials = credentialsOf(withCredentials(lines, globals));
    expect([credentials.tenantId, credentials.clientId, secretOf(credentials)]).toEqual([
      TENANT,
      CLIENT,
      "s3cr3t~value",
    ]);
  });

  it("counts less than the input's own", () => {
    const lines = ["credentials:", `  tenant_id: ${TENANT}`, "  client_secret: own"];
    const credentials = credentialsOf(withCredentials(lines, globals));
    expect([credentials.clientId, secretOf(credentials)]).toEqual([CLIENT, "own"]);
  });

  it("has its problems told once, at its own place", () => {
    const text = withCredentials([`tenant_id: ${TENANT}`], [
      "credentials: {client_id: x, client_secret: {env: NO}}",
    ]);
    const other = ["  b:", "    id: 2", "    tenant_id: contoso.com", "    services: {alerts_v2: {}}", ""];
    expect(problemsOf(text + other.join("\n"))).toEqual([
      "3:28 warning globals.credentials.client_id: this is no application id (a GUID); the login may fail",
      '3:52 error globals.credentials.client_secret.env: environment variable "NO" is not set',
    ]);
  });

  it("has no tenant: that is each input's own", () => {
    const shared = [...globals, `  tenant_id: ${TENANT}`];
    expect(problemsOf(withCredentials([`tenant_id: ${TENANT}`], shared))).toEqual([
      '6:5 error globals.credentials.tenant_id: unknown key "tenant_id" (it belongs in an input)',
    ]);
  });

  it("may be the application alone, whose credential each input has", () => {
    const lines = ["credentials:", `  tenant_id: ${TENANT}`, "  client_secret: own"];
    const shared = ["credentials:", `  client_id: ${CLIENT}`];
    expect(credentialsOf(withCredentials(lines, shared))).toMatchObject({ clientId: CLIENT });
  });
});

describe("Azure's variables", () => {
  const text = withCredentials([`tenant_id: ${TENANT}`]);
  const given = (env: Record<string, string>, files = {}) =>
    options(files, { AZURE_CLIENT_ID: CLIENT, ...env });

  it("are the credentials of an input that has a tenant and no block", () => {
    const credentials = credentialsOf(text, given({ AZURE_CLIENT_SECRET: "from Azure's variable" }));
    expect([credentials.tenantId, credentials.clientId, secretOf(credentials)]).toEqual([
      TENANT,
      CLIENT,
      "from Azure's variable",
    ]);
  });

  it("name the login service, and with it the cloud", () => {
    const [input] = read(
      text,
      given({ AZURE_CLIENT_SECRET: "x", AZURE_AUTHORITY_HOST: "https://login.microsoftonline.us/" }),
    ).inputs;
    expect([input!.loginUrl, input!.topLevelDomain]).toEqual(["https://login.microsoftonline.us", "us"]);
  });

  it("name files from where the program was started", () => {
    const files = { [resolve("app.pem")]: "the certificate", [resolve("token")]: "the token" };
    expect(credentialsOf(text, given({ AZURE_CLIENT_CERTIFICATE_PATH: "app.pem" }, files))).toMatchObject({
      kind: "client_certificate",
      certificate: { path: resolve("app.pem") },
    });
    expect(credentialsOf(text, given({ AZURE_FEDERATED_TOKEN_FILE: "token" }, files))).toMatchObject({
      kind: "federated_token",
      from: { path: resolve("token") },
    });
  });

  it("are named where something of them is wrong", () => {
    const path = resolve("app.pem");
    expect(problemsOf(text, given({ AZURE_CLIENT_CERTIFICATE_PATH: path }))).toEqual([
      `4:3 error inputs.a: $AZURE_CLIENT_CERTIFICATE_PATH: cannot read file "${path}" (ENOENT)`,
    ]);
  });

  it("count for nothing beside a block of the configuration", () => {
    const [input] = read(small(), given({ AZURE_AUTHORITY_HOST: "https://login.example" })).inputs;
    expect([input!.loginUrl, secretOf(input!.credentials)]).toEqual([null, "s3cr3t~value"]);
  });

  it("are named where nothing else is there", () => {
    expect(problemsOf(text)).toEqual([
      "4:3 error inputs.a.credentials: is missing; expected a block with client_id and one of client_secret, " +
      "client_certificate, federated_token, managed_identity or azure_cli, here or in globals, or the variables " +
      "AZURE_CLIENT_ID with AZURE_CLIENT_SECRET, AZURE_CLIENT_CERTIFICATE_PATH or AZURE_FEDERATED_TOKEN_FILE " +
      "(InputConfigurationError 3)",
    ]);
  });
});

describe("the application's id", () => {
  it.each(["managed_identity: true", "azure_cli: true"])("has no meaning beside %s", (line) => {
    expect(problemsOf(own(`tenant_id: ${TENANT}`, `client_id: ${CLIENT}`, line))).toEqual([
      expect.stringMatching(/^8:7 error inputs\.a\.credentials\.client_id: has no meaning beside /),
    ]);
  });

  it("that other inputs share does not concern an identity of the host", () => {
    const lines = ["credentials:", `  tenant_id: ${TENANT}`, "  managed_identity: true"];
    const globals = ["credentials:", `  client_id: ${CLIENT}`, "  client_secret: x"];
    expect(credentialsOf(withCredentials(lines, globals))).toMatchObject({
      kind: "managed_identity",
      clientId: null,
    });
  });
});

describe("the tenant", () => {
  it.each([
    ["beside shared credentials", ["environment: prod"], [
      "credentials:",
      `  client_id: ${CLIENT}`,
      "  client_secret: x",
    ]],
    ["in a block without it", ["credentials: {client_secret: x}"], [
      "credentials:",
      `  client_id: ${CLIENT}`,
    ]],
  ])("must be there %s", (_, lines, globals) => {
    expect(problemsOf(withCredentials(lines, globals))).toEqual([
      expect.stringMatching(
        /error inputs\.a\.(credentials\.)?tenant_id: is missing; expected the tenant's id, a text/,
      ),
    ]);
  });

  it("must be there for Azure's variables to count", () => {
    const given = options({}, { AZURE_CLIENT_ID: CLIENT, AZURE_CLIENT_SECRET: "x" });
    expect(problemsOf(withCredentials(["environment: prod"]), given)).toEqual([
      expect.stringMatching(/error inputs\.a\.credentials: is missing/),
    ]);
  });

  it("that is wrong is told once", () => {
    const globals = ["credentials:", `  client_id: ${CLIENT}`, "  client_secret: x"];
    expect(problemsOf(withCredentials(["tenant_id: 5"], globals))).toEqual([
      expect.stringMatching(/error inputs\.a\.tenant_id: found a number, expected the tenant's id, a text/),
    ]);
  });

  it("stands in one place", () => {
    expect(problemsOf(small({ input: ["tenant_id: contoso.com"] }))).toEqual([
      "7:7 error inputs.a.credentials.tenant_id: stands beside credentials, too; keep one of them",
    ]);
  });
});
