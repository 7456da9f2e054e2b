/** What the program knows and must not tell: looked for in everything that it writes and shows. */
import { Buffer } from "node:buffer";
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { describe, expect, it } from "vitest";
import type { Fault } from "../../src/emulator/faults.ts";
import { addSeconds, formatInstant } from "../../src/instant.ts";
import { appCertificate, foreignIssuer } from "../support/assertions.ts";
import { HEADER, OWN } from "../support/hostIdentities.ts";
import { programCommand, run, startCommand } from "../support/program.ts";
import { onDeno } from "../support/project.ts";
import { ask } from "../support/serving.ts";
import { CONTOSO, contoso, openSite } from "../support/site.ts";

const SERVER_TOKEN = "server-token-that-nobody-may-see";
const SINK_TOKEN = "sink-token-that-nobody-may-see";
const KEY_PASSWORD = "password-of-the-key-that-nobody-may-see";
const MARK = "content-of-a-record";

const certificate = appCertificate();
const issuer = foreignIssuer();
const SUBJECT = "system:serviceaccount:siem:graphtap";

/** The secrets as they are and as they travel; tokens, assertions and the tokens of others are JWTs, which begin alike. */
const SECRETS = [
  HEADER,
  "PRIVATE KEY",
  ...certificate.keyPem.split("\n").filter((line) => line.length === 64),
  CONTOSO.clientSecret!,
  encodeURIComponent(CONTOSO.clientSecret!),
  new URLSearchParams({ s: CONTOSO.clientSecret! }).toString().slice(2),
  Buffer.from(CONTOSO.clientSecret!).toString("base64"),
  "eyJ",
  KEY_PASSWORD,
  SERVER_TOKEN,
  SINK_TOKEN,
];

function expectNothing(where: string, text: string, hidden: readonly string[] = SECRETS): void {
  for (const secret of hidden) expect(text.includes(secret), `${where} holds ${secret}: ${text}`).toBe(false);
}

/** Kinds of credentials, with the variables that each comes by; files lie in a folder of the site. */
const KINDS: readonly (readonly [
  string,
  (folder: string, url: string) => {
    readonly credentials: Readonly<Record<string, unknown>>;
    readonly env?: Readonly<Record<string, string>>;
  },
])[] = [
  ["a secret", () => ({ credentials: { client_secret: CONTOSO.clientSecret } })],
  ["a certificate", (folder) => {
    const file = join(folder, "app.pem");
    writeFileSync(file, certificate.pem + certificate.keyPem, { mode: 0o600 });
    return { credentials: { client_certificate: { file } } };
  }],
  ["a certificate whose key is encrypted", (folder) => {
    const file = join(folder, "app.crt");
    const key = join(folder, "app.key");
    writeFileSync(file, certificate.pem);
    const cipher = { type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: KEY_PASSWORD } as const;
    writeFileSync(key, certificate.key.export(cipher), { mode: 0o600 });
    return {
      credentials: { client_certificate: { file, key, password: { env: "KEY_PASSWORD" } } },
      env: { KEY_PASSWORD },
    };
  }],
  // Without --allow-run nothing is started on Deno.
  ...onDeno ? [] : [
    ["what a command prints", (_: string) => ({
      credentials: { client_secret: { command: ["sh", "-c", 'echo "$PRINTED"; echo "$PRINTED" >&2; env'] } },
      env: { PRINTED: CONTOSO.clientSecret! },
    })] as const,
  ],
  ["another's token", (folder) => {
    const file = join(folder, "token");
    writeFileSync(file, issuer.token(SUBJECT, Date.now()), { mode: 0o600 });
    return { credentials: { federated_token: { file } } };
  }],
  ["the host's identity", (_, url) => ({
    credentials: { managed_identity: true },
    env: { IDENTITY_ENDPOINT: `${url}/msi/token`, IDENTITY_HEADER: HEADER },
  })],
];

async function openSecretSite(kind = KINDS[0]![1]) {
  const federatedCredentials = [{ issuer: issuer.issuer, subject: SUBJECT }];
  const site = await openSite({
    tenants: [{ ...CONTOSO, certificates: [{ pem: certificate.pem }], federatedCredentials }],
    issuers: [issuer],
    managedIdentities: [OWN],
    identityHeader: HEADER,
  });
  for (let n = 0; n < 5; n++) {
    const time = formatInstant(addSeconds(site.start, 600 + n));
    site.emulator.put("directoryAudits", `{"id":"${n}","activityDateTime":"${time}","note":"${MARK}"}`);
  }
  const folder = join(site.folder, "credentials");
  mkdirSync(folder);
  const { credentials, env = {} } = kind(folder, site.url);
  return { site, env, config: site.write([{ ...contoso("directory_audits"), credentials }]) };
}

/** Every file and folder below one, itself included. */
function below(folder: string): string[] {
  const inside = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => join(folder, name));
  return [folder, ...inside];
}

const isFolder = (path: string) => statSync(path).isDirectory();

const UPN = "adele.vance@contoso.example";
const OBJECT = "1c0dfa7e-5d0e-4c4e-9c0a-4f3a2b1d6e90";
const TRICKS = "\u001b[31m\u001b]0;owned\u0007\u009b2J\u202egnp\u2066x\r\nforged";
/** What Graph or Entra could say of a tenant's data in a sentence, among the words that explain it. */
const SENTENCE =
  `Invalid filter clause for '${MARK}': user ${UPN} (${OBJECT}) has "${MARK}" in {"id":"${MARK}"}, ` +
  `see https://graph.microsoft.com/v1.0/users/${UPN}?$filter=displayName eq '${MARK}', ${MARK} ${TRICKS}`;
const CONTROLS = ["\u001b", "\u009b", "\u0007", "\u202e", "\u2066", "\nforged"];
const NEVER = [...SECRETS, MARK, UPN, "adele", OBJECT, "displayName", ...CONTROLS];

const entra = (error: string) =>
  JSON.stringify({ error, error_description: `secret ${CONTOSO.clientSecret} ${SENTENCE}` });
const graphs = (code: string) => ({ error: { code, message: SENTENCE } });
/** With the exit code at the deadline, until which a login that may recover is asked again. */
const FAILURES: readonly [string, Fault, number][] = [
  ["a login that repeats the secret", {
    match: { collection: "token", times: "always" },
    do: { kind: "status", status: 400, body: entra("invalid_client") },
  }, 3],
  ["a login that leads elsewhere", {
    match: { collection: "token", times: "always" },
    do: { kind: "redirect", status: 307, location: "http://127.0.0.2:1/" },
  }, 1],
  ["a login that quotes a record while it is busy", {
    match: { collection: "token", times: "always" },
    do: { kind: "status", status: 503, body: entra("temporarily_unavailable") },
  }, 1],
  ["a Graph that quotes a record", {
    match: { collection: "directoryAudits", times: "always" },
    do: { kind: "status", status: 403, body: graphs(`x\n${MARK}`) },
  }, 3],
  ["a Graph that quotes a filter", {
    match: { collection: "directoryAudits", times: "always" },
    do: { kind: "status", status: 401, body: graphs("InvalidAuthenticationToken") },
  }, 3],
  ["a filter on the way that quotes a record", {
    match: { collection: "directoryAudits", times: "always" },
    do: {
      kind: "status",
      status: 403,
      body: `<html><title>${MARK} ${UPN}\u001b[2J</title></html>`,
      headers: {
        "content-type": "text/html",
        "server": "filter",
        "www-authenticate": `Basic realm="${MARK}"`,
      },
    },
  }, 1],
  ["a link that leads elsewhere", {
    match: { times: "always" },
    do: { kind: "foreignLink", origin: "http://127.0.0.1:1" },
  }, 1],
];

describe("secrets, tokens and records", () => {
  it.each(KINDS)(
    "of %s are in no log, state file, figure, page or process title, and no one else may read the files",
    async (_, kind) => {
      const { site, env, config } = await openSecretSite(kind);
      const words = [
        "serve",
        "-c",
        config,
        "--listen",
        "127.0.0.1:0",
        "--log-level",
        "debug",
        "--log-format",
        "json",
      ];
      const server = startCommand([
        "sh",
        "-c",
        'umask 0; exec "$@"',
        "sh",
        ...programCommand,
        ...words,
        "--to",
        `file:${join(site.folder, "spool/events")}`,
      ], {
        env: { ...env, GRAPHTAP_TOKEN: SERVER_TOKEN, GRAPHTAP_SINK_AUTH: `Bearer ${SINK_TOKEN}` },
      });
      const url = () => /"url":"([^"]+)","polls"/.exec(server.stderr)?.[1];
      await server.until(
        () => url() !== undefined && server.stderr.includes('"pull done"'),
        "the first poll",
      );
      for (const path of ["/", "/v1/status", "/metrics", "/readyz", "/healthz", "/nowhere"]) {
        const headers = { authorization: `Bearer ${SERVER_TOKEN}` };
        const { status, headers: answered, body } = await ask(url() + path, { headers });
        expect(status, path).toBe(path === "/nowhere" ? 404 : 200);
        expectNothing(path, JSON.stringify(answered) + body.toString(), [...SECRETS, MARK]);
      }
      const refused = await ask(`${url()}/`, { headers: { authorization: `Bearer ${SERVER_TOKEN}x` } });
      expect(refused.status).toBe(401);
      expectNothing("the refusal", refused.body.toString());
      if (process.platform === "linux") {
        expectNothing("the process title", readFileSync(`/proc/${server.pid}/cmdline`, "latin1"));
      }
      server.kill("SIGTERM");
      const { code, stderr } = await server.ended;
      expect(code, stderr).toBe(0);
      expect(stderr).toContain('"level":"debug"');
      expectNothing("the log", stderr, [...SECRETS, MARK]);

      for (const path of [...below(site.state), ...below(join(site.folder, "spool"))]) {
        const mode = (statSync(path).mode & 0o777).toString(8);
        expect(mode, path).toBe(isFolder(path) ? "700" : "600");
        if (!isFolder(path)) expectNothing(path, readFileSync(path, "latin1"));
      }
    },
  );

  it.each(FAILURES)("are in no message about %s", async (_, fault, exitCode) => {
    const { site, config } = await openSecretSite();
    if (fault.do.kind === "foreignLink") {
      site.emulator.produce("directoryAudits", 1200, { from: addSeconds(site.start, 60) });
    }
    site.emulator.faults.add(fault);
    const ended = await run(["pull", "-c", config, "--log-level", "debug", "--deadline", "3"]);
    expect(ended.code, ended.stderr).toBe(exitCode);
    expectNothing("the log", ended.stderr, NEVER);
    for (const path of below(site.state).filter((path) => !isFolder(path))) {
      expectNothing(path, readFileSync(path, "latin1"));
    }
    const examined = await run(["doctor", "-c", config, "--log-level", "debug"]);
    expectNothing("the doctor", examined.stdout.toString() + examined.stderr, NEVER);
  });
});

describe("a symbolic link", () => {
  it.each([
    ["the checkpoint", "state/10001/directory_audits/checkpoint.json"],
    ["the lock", "state/lock"],
  ])("in the place of %s is refused, and what it leads to stays as it is", async (_, place) => {
    const { site, config } = await openSecretSite();
    const victim = join(site.folder, "victim");
    writeFileSync(victim, "precious");
    mkdirSync(join(site.folder, place, ".."), { recursive: true });
    symlinkSync(victim, join(site.folder, place));
    const { code, stderr } = await run(["pull", "-c", config]);
    expect(code, stderr).toBe(5);
    expect(stderr).toMatch(/symbolic link/);
    expect(readFileSync(victim, "utf8")).toBe("precious");
  });

  it.each([["the spool", "events"], ["its journal", ".events.journal"]])(
    "in the place of %s is refused, and what it leads to stays as it is",
    async (_, name) => {
      const { site, config } = await openSecretSite();
      const victim = join(site.folder, "victim");
      writeFileSync(victim, "precious");
      mkdirSync(join(site.folder, "spool"));
      symlinkSync(victim, join(site.folder, "spool", name));
      const { code, stderr } = await run([
        "pull",
        "-c",
        config,
        "--to",
        `file:${join(site.folder, "spool/events")}`,
      ]);
      expect(code, stderr).toBe(4);
      expect(readFileSync(victim, "utf8")).toBe("precious");
    },
  );
});
