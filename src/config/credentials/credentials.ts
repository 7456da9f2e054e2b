/** `credentials` of an input and of `globals`: their keys, and what must hold among them. */
import * as z from "zod";
import { AZURE_VARIABLES, type EnvironmentCredentials, environmentCredentials } from "./azureEnvironment.ts";
import { isBlank, isRecord } from "../check.ts";
import type { AzureCli, Credentials, ManagedIdentity } from "../config.ts";
import {
  type Credential,
  type CredentialKind,
  credentialKinds,
  credentialOf,
  GUID,
  type KindContext,
  kindShape,
  type KindValues,
} from "./credentialKinds.ts";
import { key, type KeyNotes } from "../field.ts";
import type { Path } from "../document/places.ts";
import type { Report } from "../document/problems.ts";
import type { SecretReaders } from "./secret.ts";

const part = (what: string) =>
  z.string({ error: `${what}, a text` }).trim().regex(
    /^[^\s/?#\\]+$/,
    `${what}, without white space and slashes`,
  );

const KINDS = "client_secret, client_certificate, federated_token, managed_identity or azure_cli";
const EXAMPLE = "00000000-0000-0000-0000-000000000000";

const tenantNotes = {
  secret: true,
  missing: ["InputConfigurationError", 5],
  wrong: ["InputConfigurationError", 6],
} as const satisfies KeyNotes;
const clientNotes = {
  secret: true,
  missing: ["InputConfigurationError", 7],
  wrong: ["InputConfigurationError", 8],
} as const satisfies KeyNotes;

/** `tenant_id`, in `credentials` or beside it. */
export const tenantField = (where: string) =>
  key(part("the tenant's id").optional(), `The tenant: its id or one of its domain names. ${where}`, {
    ...tenantNotes,
    examples: [EXAMPLE],
  });

const clientField = key(part("the application's id").optional(), "The application (client) id.", {
  ...clientNotes,
  examples: [EXAMPLE],
});

/** For editors: beside a kind there is no other. */
const oneKind = {
  allOf: [{
    anyOf: credentialKinds.map((kind) => ({
      type: "object",
      properties: Object.fromEntries(
        credentialKinds.filter((other) => other !== kind).map((other) => [other, { not: {} }]),
      ),
    })),
  }],
};

/** `credentials` of an input. Nothing of it is ever shown: values get swapped. */
export const credentialsSchema = z.strictObject({
  tenant_id: tenantField("It may stand beside credentials instead."),
  client_id: clientField,
  ...kindShape,
}, { error: "a block with tenant_id, client_id and client_secret" }).meta(oneKind);

/** `globals.credentials`: what inputs share. The tenant is each input's own. */
export const sharedCredentialsSchema = z.strictObject({ client_id: clientField, ...kindShape }, {
  error: "a block with client_id and client_secret",
}).meta(oneKind);

/** A `credentials` block whose keys were checked one by one. */
export interface CredentialBlock {
  readonly path: Path;
  /** What is right of it. */
  readonly values: Partial<KindValues> & { readonly tenant_id?: string; readonly client_id?: string };
  /** As it stands in the file. */
  readonly written: Readonly<Record<string, unknown>>;
}

/** `globals.credentials`, judged once for all inputs. */
export interface SharedCredentials {
  readonly block: CredentialBlock;
  /** `null` when it has none, or not one that is right. */
  readonly credential: Credential | null;
}

/** What a block of the file is, after its keys were checked. */
export function credentialBlock(
  written: unknown,
  values: CredentialBlock["values"] | undefined,
  path: Path,
): CredentialBlock | null {
  return isRecord(written) ? { path, values: values ?? {}, written } : null;
}

/** Judges what inputs share. */
export function sharedCredentials(
  block: CredentialBlock,
  readers: SecretReaders,
  report: Report,
): SharedCredentials {
  remarkClient(block, report);
  return { block, credential: kindsOf(block).length === 0 ? null : ownCredential(block, readers, report) };
}

/** Who reads the tenant of an input, and the login service that goes with it. */
export interface InputCredentials {
  readonly credentials: Credentials;
  /** `AZURE_AUTHORITY_HOST` where the credentials are Azure's variables, else `null`. */
  readonly authority: string | null;
}

/** What an input says of who reads its tenant. */
export interface InputBlocks {
  /** Of the input. */
  readonly path: Path;
  readonly block: CredentialBlock | null;
  /** `tenant_id` beside the block: the right value, and whether anything stands there. */
  readonly tenant: { readonly value: string | undefined; readonly isGiven: boolean };
}

/** The credential that counts for an input. */
interface Chosen {
  /** `null` where there is none. */
  readonly kind: CredentialKind | null;
  /** `null` where it is not right, which is reported. */
  readonly credential: Credential | null;
  /** The blocks whose `client_id` goes with it, the nearest first. */
  readonly blocks: readonly Pick<CredentialBlock, "values" | "written">[];
}

/**
 * Who reads the tenant of an input; `null` when something of it is missing, and then the rest is judged all the same.
 * Of what the input does not say itself, `globals.credentials` counts; where neither has a block, but the input a
 * tenant, Azure's variables do. No value is shown: what stands here may be the secret in another's place.
 */
export function credentialsOf(
  input: InputBlocks,
  shared: SharedCredentials | null,
  readers: SecretReaders,
  report: Report,
): InputCredentials | null {
  const { block: own, tenant } = input;
  const path = own?.path ?? [...input.path, "credentials"];
  const isAlone = own === null && shared === null;
  const environment = isAlone && tenant.isGiven ? environmentCredentials(readers.env) : null;
  if (isAlone && environment === null) {
    const message = tenant.isGiven
      ? `is missing; expected a block with client_id and one of ${KINDS}, here or in globals, or the variables ` +
        AZURE_VARIABLES
      : "is missing; expected a block with tenant_id, client_id and client_secret";
    report("error", path, message, { collector: ["InputConfigurationError", 3] });
    return null;
  }
  if (own !== null) remarkClient(own, report);
  const chosen = chosenOf(own, shared, environment, path, readers, report);
  const tenantId = tenantOf(input, chosen.kind, report);
  const clientId = clientOf(chosen, path, report);
  const { credential } = chosen;
  if (credential === null || tenantId === null) return null;
  const authority = environment?.authority ?? null;
  if (isOfHost(credential)) return { credentials: { tenantId, clientId: null, ...credential }, authority };
  return clientId === null ? null : { credentials: { tenantId, clientId, ...credential }, authority };
}

function chosenOf(
  own: CredentialBlock | null,
  shared: SharedCredentials | null,
  environment: EnvironmentCredentials | null,
  path: Path,
  readers: SecretReaders,
  report: Report,
): Chosen {
  if (environment !== null) {
    const { kind, values } = environment;
    const credential = environmentCredential(environment, { path: path.slice(0, -1), readers, report });
    return { kind, credential, blocks: [{ values, written: values }] };
  }
  const [sharedKind] = shared === null ? [] : kindsOf(shared.block);
  const block = own ?? { path, values: {}, written: {} };
  if (shared !== null && sharedKind !== undefined && kindsOf(block).length === 0) {
    return { kind: sharedKind, credential: shared.credential, blocks: [block, shared.block] };
  }
  const [kind = null] = kindsOf(block);
  const credential = ownCredential(block, readers, report);
  // An application's id may be shared, and concerns no identity of a host.
  const lends = shared !== null && !(kind !== null && HOST_KINDS.includes(kind));
  return { kind, credential, blocks: lends ? [block, shared.block] : [block] };
}

/** Kinds that are no application's: what reads the tenant is the host, or who is signed in on it. */
const HOST_KINDS: readonly CredentialKind[] = ["managed_identity", "azure_cli"];

function isOfHost(credential: Credential): credential is ManagedIdentity | AzureCli {
  return HOST_KINDS.includes(credential.kind);
}

/** The credential of Azure's variables. What is wrong with it is told of its variable, for it stands nowhere in the file. */
function environmentCredential(
  { kind, values, variable }: EnvironmentCredentials,
  { path, readers, report }: KindContext,
): Credential | null {
  const ofVariable: Report = (severity, _, message, details) =>
    report(severity, path, `$${variable}: ${message}`, { ...details, at: "key" });
  return credentialOf(kind, values, { path, readers, report: ofVariable });
}

/** Whether anything stands there. */
export function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && !isBlank(value);
}

/** The kinds that stand in a block, whether right or wrong. */
function kindsOf({ written }: CredentialBlock): readonly CredentialKind[] {
  return credentialKinds.filter((kind) => isGiven(written[kind]));
}

/** The one credential of a block. */
function ownCredential(block: CredentialBlock, readers: SecretReaders, report: Report): Credential | null {
  const kinds = kindsOf(block);
  const [kind, ...others] = kinds;
  if (kind === undefined) {
    const is = isBlank(block.written["client_secret"]) ? "empty" : "missing";
    const message = `is ${is}; expected one of ${KINDS}`;
    report("error", [...block.path, "client_secret"], message, { collector: ["InputConfigurationError", 9] });
    return null;
  }
  for (const other of others) {
    report("error", [...block.path, other], `stands beside ${kind}; keep one of them`, { at: "key" });
  }
  const found = kinds.map((one) =>
    credentialOf(one, block.values, { path: [...block.path, one], readers, report })
  );
  return found[0] ?? null;
}

const DOMAIN = /^([a-z0-9-]+\.)+[a-z]{2,}$/i;

function tenantOf(
  { path, block, tenant }: InputBlocks,
  kind: CredentialKind | null,
  report: Report,
): string | null {
  const within = block?.values.tenant_id;
  const isWithin = block !== null && (within !== undefined || !tenant.isGiven);
  const at = isWithin ? [...block.path, "tenant_id"] : [...path, "tenant_id"];
  const tenantId = within ?? tenant.value;
  if (within !== undefined && tenant.isGiven) {
    report("error", at, "stands beside credentials, too; keep one of them", { at: "key" });
  }
  if (tenantId === undefined) {
    // What is written and wrong was reported as that.
    if (!tenant.isGiven && !isGiven(block?.written["tenant_id"])) {
      const [is, expected] = isBlank(block?.written["tenant_id"])
        ? ["empty", "the tenant's id, without white space and slashes"]
        : ["missing", "the tenant's id, a text"];
      report("error", at, `is ${is}; expected ${expected}`, { collector: tenantNotes.missing });
    }
    return null;
  }
  if (kind === "managed_identity" && !GUID.test(tenantId)) {
    report("error", at, "is no GUID; the tokens of a managed identity are compared with the tenant's id");
  } else if (!GUID.test(tenantId) && !DOMAIN.test(tenantId)) {
    const message = "this is neither the id of a tenant (a GUID) nor a domain name; the login may fail";
    report("warning", at, message);
  }
  return tenantId;
}

/** The application's id; `null` where it is missing, or has no meaning. */
function clientOf({ kind, blocks }: Chosen, path: Path, report: Report): string | null {
  const clientId = blocks.map(({ values }) => values.client_id).find((id) => id !== undefined);
  const isWritten = blocks.some(({ written }) => isGiven(written["client_id"]));
  const at = [...path, "client_id"];
  if (kind !== null && HOST_KINDS.includes(kind)) {
    const hint = kind === "azure_cli" ? "" : "; an identity that a user assigned is {client_id: ID}";
    if (isWritten) report("error", at, `has no meaning beside ${kind}${hint}`, { at: "key" });
    return null;
  }
  if (!isWritten) {
    const message = "is missing; expected the application's id, a text";
    report("error", at, message, { collector: clientNotes.missing });
  }
  return clientId ?? null;
}

function remarkClient({ values: { client_id: clientId }, path }: CredentialBlock, report: Report): void {
  if (clientId === undefined || GUID.test(clientId)) return;
  report("warning", [...path, "client_id"], "this is no application id (a GUID); the login may fail");
}
