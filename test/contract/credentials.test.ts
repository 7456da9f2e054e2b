/** One table for all kinds of credentials: each gets a token, and of each refusal the operator reads what to do. */
import { Buffer } from "node:buffer";
import { describe, expect, it } from "vitest";
import { plugins } from "../../plugins/index.ts";
import { loadConfig } from "../../src/config/load.ts";
import { createEmulator, type EmulatorOptions, type TenantOptions } from "../../src/emulator/emulator.ts";
import { GraphtapError } from "../../src/errors.ts";
import { resolveCloud } from "../../src/graph/clouds.ts";
import { createExpiry } from "../../src/graph/auth/expiry.ts";
import { readClaims } from "../../src/graph/auth/tokenClaims.ts";
import { fromMillis } from "../../src/instant.ts";
import { createRegistry } from "../../src/plugin/registry.ts";
import { createLog } from "../../src/telemetry/log.ts";
import { issuerOf } from "../../src/wiring/credentials.ts";
import { appCertificate, foreignIssuer } from "../support/assertions.ts";
import { HEADER, OWN } from "../support/hostIdentities.ts";
import { manualClock } from "../support/manualClock.ts";
import { fetchFrom } from "../support/tenant.ts";

const NOW = manualClock().now();
const DAY_MS = 86_400_000;
const TENANT = "3f7c1e52-90ab-4d6e-8c21-5b0e7a94d210";
const OTHER_TENANT = "7b2f9c10-1e4d-4a83-b6f5-2c9d8e7f6a51";
const CLIENT = "b81d6f04-2a7e-4c39-9e55-0c3f1d8a6e77";
const SECRET = "a-secret~of+the&application";
const SUBJECT = "system:serviceaccount:siem:graphtap";
const REQUEST_TOKEN = "ghs_tokenOfTheJob";

const certificate = appCertificate({ from: NOW - DAY_MS, to: NOW + DAY_MS });
const stranger = appCertificate({ from: NOW - DAY_MS, to: NOW + DAY_MS });
const issuer = foreignIssuer();
const impostor = foreignIssuer(issuer.issuer);

const app: TenantOptions = {
  tenantId: TENANT,
  clientId: CLIENT,
  clientSecret: SECRET,
  certificates: [{ pem: certificate.pem }],
  federatedCredentials: [{ issuer: issuer.issuer, subject: SUBJECT }],
};

const log = createLog({ write: () => {}, format: "text", level: "error", now: () => NOW });

/** What stands around a kind. */
interface Surroundings {
  /** `credentials` beside `tenant_id` and `client_id`. */
  readonly credentials?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
  readonly emulator?: Partial<EmulatorOptions>;
  /** Milliseconds that this host's clock is ahead. */
  readonly aheadMs?: number;
  /** What is answered with status 200 in the emulator's place; `null` for its own answer. */
  readonly answer?: (url: string) => unknown;
}

interface Kind extends Surroundings {
  /** Whether `client_id` is its, too. */
  readonly hasClient: boolean;
}

const KINDS = {
  client_secret: { hasClient: true, credentials: { client_secret: SECRET } },
  client_certificate: {
    hasClient: true,
    credentials: { client_certificate: { file: "/app.pem" } },
    files: { "/app.pem": certificate.pem + certificate.keyPem },
  },
  "federated_token in a file": {
    hasClient: true,
    credentials: { federated_token: { file: "/token" } },
    files: { "/token": issuer.token(SUBJECT, NOW) },
  },
  "federated_token of GitHub": {
    hasClient: true,
    credentials: { federated_token: "github" },
    env: {
      ACTIONS_ID_TOKEN_REQUEST_URL: "https://actions.example/token?api-version=2.0",
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: REQUEST_TOKEN,
    },
  },
  "managed_identity of a virtual machine": { hasClient: false, credentials: { managed_identity: true } },
  "managed_identity of App Service": {
    hasClient: false,
    credentials: { managed_identity: true },
    env: { IDENTITY_ENDPOINT: "http://127.0.0.1:41403/msi/token", IDENTITY_HEADER: HEADER },
  },
} as const satisfies Record<string, Kind>;

type KindName = keyof typeof KINDS;

/** Asks for a token as the program would, with what is changed around the kind. */
function ask(name: KindName, changes: Surroundings = {}) {
  const kind: Kind = KINDS[name];
  const files = { ...kind.files, ...changes.files };
  const readFile = (path: string) => {
    if (files[path] === undefined) throw Object.assign(new Error("none"), { code: "ENOENT" });
    return files[path];
  };
  const input = {
    id: "1",
    enabled: true,
    credentials: {
      tenant_id: TENANT,
      ...(kind.hasClient ? { client_id: CLIENT } : {}),
      ...(changes.credentials ?? kind.credentials),
    },
    services: { signIns: {} },
  };
  const { inputs } = loadConfig(JSON.stringify({ inputs: { contoso: input } }), {
    file: "/config.yaml",
    registry: createRegistry(plugins),
    now: fromMillis(NOW),
    env: { ...kind.env, ...changes.env },
    readFile,
    readBytes: (path) => Buffer.from(readFile(path)),
  });
  const emulator = createEmulator({
    plugins,
    clock: manualClock(NOW - (changes.aheadMs ?? 0)),
    tenants: [app],
    issuers: [issuer],
    identityHeader: HEADER,
    managedIdentities: [OWN],
    ...changes.emulator,
  });
  return issuerOf(inputs[0]!.credentials, {
    transport: (request) => {
      const answer = changes.answer?.(request.url) ?? null;
      if (answer !== null) return Promise.resolve(jsonAnswer(200, answer));
      return request.url.startsWith("https://actions.example/")
        ? Promise.resolve(github(request.headers, files["/token"] ?? issuer.token(SUBJECT, NOW)))
        : fetchFrom(emulator, request);
    },
    clock: manualClock(),
    cloud: resolveCloud(inputs[0]!),
    log,
    expiry: createExpiry({ kind: inputs[0]!.credentials.kind, log, now: () => NOW }),
  });
}

/** What GitHub answers a job. */
function github(headers: Readonly<Record<string, string>>, value: string) {
  return headers["authorization"] === `Bearer ${REQUEST_TOKEN}`
    ? jsonAnswer(200, { value })
    : jsonAnswer(401, { message: "Bad credentials" });
}

function jsonAnswer(status: number, body: unknown) {
  return { status, header: () => null, body: new Blob([JSON.stringify(body)]).stream() };
}

const NEVER = [
  SECRET,
  HEADER,
  REQUEST_TOKEN,
  "eyJ",
  certificate.keyPem.slice(40, 80),
  encodeURIComponent(SECRET),
];

/** Everything of an error that could reach a log: its message, its cause and what they hold. */
function coreOf(error: unknown): string {
  const seen = new Set<unknown>();
  const core = (value: unknown): string => {
    if (typeof value !== "object" || value === null || seen.has(value)) return String(value);
    seen.add(value);
    return [String(value), ...Object.getOwnPropertyNames(value).map((name) => core(Reflect.get(value, name)))]
      .join("\n");
  };
  return core(error);
}

describe("each kind of credential", () => {
  it.each(Object.keys(KINDS) as KindName[])(
    "%s gets tokens for Graph of its tenant, again and again",
    async (name) => {
      const issue = ask(name);
      for (let n = 0; n < 2; n++) {
        const { token, lifetimeSeconds } = await issue();
        expect(readClaims(token)).toMatchObject({
          tenantId: TENANT,
          audience: "https://graph.microsoft.com",
        });
        expect(lifetimeSeconds).toBeGreaterThan(3000);
      }
    },
  );

  it.each(Object.keys(KINDS) as KindName[])(
    "%s is refused where it gives a token of another tenant",
    async (name) => {
      const claims = Buffer.from(JSON.stringify({ tid: OTHER_TENANT })).toString("base64url");
      const token = { token_type: "Bearer", expires_in: 3599, access_token: `eyJ0.${claims}.x` };
      const issue = ask(name, { answer: (url) => url.startsWith("https://actions.example/") ? null : token });
      await expect(issue()).rejects.toMatchObject({
        code: "token-refused",
        message: expect.stringContaining(`it is for the tenant ${OTHER_TENANT}, and tenant_id is ${TENANT}`),
      });
    },
  );
});

const APPS: readonly KindName[] = [
  "client_secret",
  "client_certificate",
  "federated_token in a file",
  "federated_token of GitHub",
];
const ENDPOINT = `https://login.microsoftonline.com/${TENANT}/oauth2/v2.0/token`;

/** What Entra refuses, whoever asks; beneath it what is a kind's own. */
const REFUSALS: readonly (readonly [KindName, string, Surroundings, string, RegExp])[] = [
  ...APPS.flatMap((name) =>
    ([
      [
        "is not in the tenant",
        { emulator: { tenants: [{ ...app, clientId: OTHER_TENANT }] } },
        /AADSTS700016; client_id/,
      ],
      [
        "is disabled",
        { emulator: { tenants: [{ ...app, principal: "disabled" }] } },
        /AADSTS7000112; .* enable it/,
      ],
      [
        "has no service principal",
        { emulator: { tenants: [{ ...app, principal: "missing" }] } },
        /AADSTS7000229; .* admin consent makes one/,
      ],
      [
        "is in no such tenant",
        { emulator: { tenants: [{ ...app, tenantId: OTHER_TENANT }] } },
        /AADSTS90002; tenant_id/,
      ],
    ] as const).map(([what, changes, said]) => [name, what, changes, "token-refused", said] as const)
  ),
  [
    "client_secret",
    "is wrong",
    { credentials: { client_secret: "x" } },
    "token-refused",
    /AADSTS7000215; put the/,
  ],
  [
    "client_secret",
    "has expired",
    { emulator: { tenants: [{ ...app, clientSecret: "x", secrets: [{ value: SECRET, endsAt: NOW }] }] } },
    "token-refused",
    /AADSTS7000222; the client secret has expired; create a new one/,
  ],
  [
    "client_certificate",
    "is not registered",
    { files: { "/app.pem": stranger.pem + stranger.keyPem } },
    "token-refused",
    /AADSTS700027; this certificate is not registered for client_id, .* upload it/,
  ],
  [
    "client_certificate",
    "comes from a host whose clock is ahead",
    { aheadMs: 3_600_000 },
    "token-refused",
    /AADSTS700024; .* synchronise this host's clock/,
  ],
  [
    "client_certificate",
    "comes from a host whose clock is behind",
    { aheadMs: -3_600_000 },
    "token-refused",
    /AADSTS700024; .* synchronise this host's clock/,
  ],
  ...([
    [
      "is of an issuer that nobody trusts",
      { iss: "https://x.example/" },
      /AADSTS700211; .* the token's issuer/,
    ],
    ["is for another audience", { aud: "api://x" }, /AADSTS700212; .* the token's audience/],
    ["is of another subject", { sub: "x" }, /AADSTS700213; .* the token's subject/],
    [
      "differs in the case of its subject",
      { sub: SUBJECT.toUpperCase() },
      /AADSTS7002138; .* case and slashes count/,
    ],
    ["has ended", { exp: NOW / 1000 - 1 }, /AADSTS700024; .* look whether it is renewed/],
  ] as const).flatMap(([what, claims, said]) =>
    (["federated_token in a file", "federated_token of GitHub"] as const).map((name) =>
      [
        name,
        what,
        { files: { "/token": issuer.token(SUBJECT, NOW, { claims }) } },
        "token-refused",
        said,
      ] as const
    )
  ),
  [
    "federated_token in a file",
    "is signed by somebody else",
    { files: { "/token": impostor.token(SUBJECT, NOW) } },
    "token-refused",
    /AADSTS50027; .* its signature is not its issuer's/,
  ],
  [
    "federated_token in a file",
    "is of an issuer that Entra cannot reach",
    { emulator: { issuers: [] } },
    "token-refused",
    /AADSTS90061; .* must be public/,
  ],
  [
    "federated_token in a file",
    "belongs to an application that trusts nobody",
    { emulator: { tenants: [{ ...app, federatedCredentials: [] }] } },
    "token-refused",
    /AADSTS70025; the application trusts nobody; add/,
  ],
  [
    "federated_token in a file",
    "is no token",
    { files: { "/token": "<html>" } },
    "secret-unreadable",
    /what "\/token" holds is no JSON Web Token/,
  ],
  [
    "federated_token of GitHub",
    "is not given to the job",
    { env: { ACTIONS_ID_TOKEN_REQUEST_TOKEN: "of-yesterday" } },
    "secret-unreadable",
    /from GitHub \(actions\.example\): it answered 401/,
  ],
  ...(["managed_identity of a virtual machine", "managed_identity of App Service"] as const).flatMap((name) =>
    ([
      ["is not there", {}, { managedIdentities: [] }, /assign a managed identity to this host/],
      [
        "is not assigned",
        { managed_identity: { client_id: OTHER_TENANT } },
        {},
        /check that the identity which managed_identity\.client_id names is assigned to this host/,
      ],
    ] as const).map(([what, credentials, emulator, said]) =>
      [
        name,
        what,
        {
          ...("managed_identity" in credentials ? { credentials } : {}),
          emulator,
        },
        "token-refused",
        said,
      ] as const
    )
  ),
  [
    "managed_identity of App Service",
    "is asked for with another header",
    { env: { IDENTITY_HEADER: "of-yesterday" } },
    "token-refused",
    /it answered 401; start graphtap again where Azure sets the variables/,
  ],
];

describe("what the operator reads of a credential", () => {
  it.each(REFUSALS)("%s that %s", async (name, _, changes, code, said) => {
    const error = await ask(name, changes)().then(() => null, (thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(GraphtapError);
    expect(error).toMatchObject({ code, message: expect.stringMatching(said) });
    if (APPS.includes(name) && code === "token-refused") {
      expect((error as GraphtapError).message).toContain(`Cannot get a token from ${ENDPOINT}: it answered `);
    }
    for (const secret of NEVER) expect(coreOf(error)).not.toContain(secret);
  });
});
