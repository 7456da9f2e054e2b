/** The kinds of credentials: how each stands in the configuration, and what it comes to. */
import { resolve } from "node:path";
import * as z from "zod";
import type {
  AzureCli,
  ClientCertificate,
  ClientSecret,
  FederatedToken,
  ManagedIdentity,
} from "../config.ts";
import { choice, key, text } from "../field.ts";
import { hostRemark, identityHostOf } from "./identityHost.ts";
import { isMarked, placeholderRemark } from "../document/placeholders.ts";
import type { Path } from "../document/places.ts";
import { type Report, reportFailure } from "../document/problems.ts";
import {
  accessRemark,
  type CertificateFiles,
  commandSchema,
  createCommand,
  createSecret,
  createSecretFile,
  outerSecretSchema,
  secretPath,
  type SecretReaders,
  secretSchema,
  type SecretSource,
} from "./secret.ts";

/** One kind of credential, without whose it is. */
export type Credential = ClientSecret | ClientCertificate | FederatedToken | ManagedIdentity | AzureCli;
export type CredentialKind = Credential["kind"];

const SECRET = "a text in quotes, {env: NAME}, {file: PATH} or {command: [PROGRAM, ARGUMENT, …]}";
const CERTIFICATE = "{file: PEM or PFX}, with key: FILE and password: {env: NAME} where they are needed";
const TOKEN =
  '{file: PATH}, {command: [PROGRAM, ARGUMENT, …]}, "github", or {} for $AZURE_FEDERATED_TOKEN_FILE';
const IDENTITY = "true, or one of {client_id: ID}, {object_id: ID}, {resource_id: ID}";

/** The keys of the kinds. An input has one of them. Nothing of them is ever shown: values get swapped. */
export const kindShape = {
  client_secret: key(
    z.union([...secretSchema.options, commandSchema], { error: SECRET }).optional(),
    "The client secret's value: as it is, or where to find it.",
    {
      secret: true,
      missing: ["InputConfigurationError", 9],
      wrong: ["InputConfigurationError", 10],
      examples: [{ env: "GRAPH_CLIENT_SECRET" }],
    },
  ),
  client_certificate: key(
    z.strictObject({
      file: key(text("the path of a PEM or PFX file"), "PEM with certificate and key, or PFX."),
      key: key(
        text("the path of a PEM file").optional(),
        "PEM with the key, where it has a file of its own.",
      ),
      password: key(outerSecretSchema.optional(), "Password of the key or of the PFX.", { secret: true }),
    }, { error: CERTIFICATE }).optional(),
    "A certificate of the application, with its private key. Files are relative to this one.",
    { secret: true, examples: [{ file: "graphtap.pem" }] },
  ),
  federated_token: key(
    z.union([
      choice("github"),
      z.strictObject(
        { file: text().nullish().describe("File with the token, which its owner renews.") },
        { error: TOKEN },
      ),
      commandSchema,
    ], { error: TOKEN }).optional(),
    "Another's token that the application trusts: of Kubernetes, GitHub or any OpenID Connect issuer.",
    { secret: true, examples: [{ file: "/var/run/secrets/azure/tokens/azure-identity-token" }, "github"] },
  ),
  managed_identity: key(
    z.union([
      z.literal(true),
      ...(["client_id", "object_id", "resource_id"] as const).map((id) => z.strictObject({ [id]: text() })),
    ], { error: IDENTITY }).optional(),
    "The identity that Azure gives this host; true for its own, or one that a user assigned.",
    { secret: true, examples: [true] },
  ),
  azure_cli: key(
    z.literal(true, { error: "true" }).optional(),
    "Who is signed in by az login; for a laptop.",
    { secret: true, examples: [true] },
  ),
};

/** The kinds by the order in which they are named. */
export const credentialKinds = Object.keys(kindShape) as readonly CredentialKind[];

/** The right values of a block's kinds. */
export type KindValues = z.output<z.ZodObject<typeof kindShape>>;

/** What a kind is read with. */
export interface KindContext {
  /** Of the kind's key. */
  readonly path: Path;
  readonly readers: SecretReaders;
  readonly report: Report;
}

/**
 * What a kind's value comes to; `null` when it is not right, which is reported already. What can be read is read once,
 * to prove that it can; a command is run when a token is needed, and not before.
 */
export function credentialOf(
  kind: CredentialKind,
  values: Partial<KindValues>,
  context: KindContext,
): Credential | null {
  switch (kind) {
    case "client_secret": {
      const source = values[kind];
      return source === undefined ? null : { kind, clientSecret: clientSecretOf(source, context) };
    }
    case "client_certificate": {
      const files = values[kind];
      return files === undefined ? null : { kind, ...certificateOf(files, context) };
    }
    case "federated_token": {
      const source = values[kind];
      const from = source === undefined ? null : federatedFrom(source, context);
      return from === null ? null : { kind, from };
    }
    case "managed_identity": {
      const identity = values[kind];
      const remark = hostRemark(context.readers);
      if (identity !== undefined && remark !== null) context.report("error", context.path, remark);
      return identity === undefined
        ? null
        : { kind, identity: identityOf(identity), host: identityHostOf(context.readers) };
    }
    case "azure_cli":
      return values[kind] === undefined ? null : { kind };
  }
}

function clientSecretOf(
  source: NonNullable<KindValues["client_secret"]>,
  { path, readers, report }: KindContext,
): ClientSecret["clientSecret"] {
  if (typeof source === "object" && "command" in source) return createCommand(source.command, readers.file);
  const secret = createSecret(source, readers);
  const at = [...path, ...(typeof source === "string" ? [] : Object.keys(source))];
  try {
    for (const remark of secretRemarks(secret.reveal(), source)) {
      report("warning", at, `${remark}; the login may fail`);
    }
    remarkAccess(source, at, readers, report);
  } catch (error) {
    reportFailure(error, at, report);
  }
  return secret;
}

/** What looks wrong about the value of a secret, none of which is shown. */
function secretRemarks(value: string, source: SecretSource): string[] {
  // A variable that stands in the file itself was looked at there, and what was meant as a text is one.
  const isLeftIn = typeof source === "string" ? isMarked(value) : placeholderRemark(value) !== null;
  return [
    // Microsoft shows the id of a secret beside its value, and only the value works.
    ...(GUID.test(value) ? ["this looks like the id of the secret, not like its value"] : []),
    ...(value.trim() === value ? [] : ["the secret begins or ends with white space, which counts"]),
    ...(/^\s*(["'`]).*\1\s*$/.test(value) ? ["the secret stands in quotes, which count"] : []),
    ...(isLeftIn ? ["this looks like a placeholder or a variable, not like a secret"] : []),
  ];
}

/** The id of a tenant, of an application, and of much else at Microsoft. */
export const GUID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** Warns of a secret that others may read or replace, in its own file or in this one. */
function remarkAccess(source: SecretSource, path: Path, readers: SecretReaders, report: Report): void {
  const file = typeof source === "string" ? readers.file : secretPath(source, readers);
  if (file !== null) remarkFile(file, path, readers, report);
}

function remarkFile(file: string, path: Path, readers: SecretReaders, report: Report): void {
  const remark = accessRemark(file, readers);
  if (remark !== null) report("warning", path, remark, { isAdvice: true });
}

function certificateOf(
  { file, key, password }: NonNullable<KindValues["client_certificate"]>,
  { path, readers, report }: KindContext,
): CertificateFiles {
  const files = {
    certificate: createSecretFile(file, readers),
    key: key === undefined ? null : createSecretFile(key, readers),
    password: password === undefined ? null : createSecret(password, readers),
  };
  const keyPart = files.key === null ? "file" : "key";
  const isReadable = [
    works(() => files.certificate.read(), [...path, "file"], report),
    works(() => files.key?.read(), [...path, "key"], report),
    works(() => files.password?.reveal(), [...path, "password"], report),
  ];
  remarkFile((files.key ?? files.certificate).path, [...path, keyPart], readers, report);
  if (password !== undefined) remarkAccess(password, [...path, "password"], readers, report);
  if (isReadable.includes(false)) return files;
  const remarks = readers.inspectCertificate?.(files) ?? [];
  for (const { severity, part, message } of remarks) report(severity, [...path, part], message);
  return files;
}

/** Whether something can be read; if not, why is reported. */
function works(read: () => unknown, path: Path, report: Report): boolean {
  try {
    read();
    return true;
  } catch (error) {
    reportFailure(error, path, report);
    return false;
  }
}

/** The variable in which Azure's workload identity names its token's file. */
const TOKEN_FILE = "AZURE_FEDERATED_TOKEN_FILE";

function federatedFrom(
  source: NonNullable<KindValues["federated_token"]>,
  { path, readers, report }: KindContext,
): FederatedToken["from"] | null {
  if (source === "github") {
    const requestUrl = createSecret({ env: "ACTIONS_ID_TOKEN_REQUEST_URL" }, readers);
    const requestToken = createSecret({ env: "ACTIONS_ID_TOKEN_REQUEST_TOKEN" }, readers);
    works(() => requestUrl.reveal() && requestToken.reveal(), path, report);
    return { requestUrl, requestToken };
  }
  if ("command" in source) return createCommand(source.command, readers.file);
  const named = readers.env[TOKEN_FILE];
  const written = source.file ?? (named && resolve(named));
  if (!written) {
    report("error", path, `names no file, and $${TOKEN_FILE} is not set; expected ${TOKEN}`);
    return null;
  }
  const file = createSecretFile(written, readers);
  works(() => file.read(), [...path, "file"], report);
  return file;
}

function identityOf(value: NonNullable<KindValues["managed_identity"]>): ManagedIdentity["identity"] {
  if (value === true) return null;
  const [[by, id] = ["", ""]] = Object.entries(value);
  return { by: by as "client_id" | "object_id" | "resource_id", id };
}
