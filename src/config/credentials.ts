/** `credentials` of an input and of `globals`: their keys, and what must hold among them. */
import * as z from "zod";
import { AZURE_VARIABLES, environmentCredentials } from "./azureEnvironment.ts";
import { isBlank, isRecord } from "./check.ts";
import type { Credentials } from "./config.ts";
import {
  type Credential,
  type CredentialKind,
  credentialKinds,
  credentialOf,
  GUID,
  kindShape,
  type KindValues,
} from "./credentialKinds.ts";
import { key, type KeyNotes } from "./field.ts";
import type { Path } from "./places.ts";
import type { Report } from "./problems.ts";
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

/**
 * Who reads the tenant of an input; `null` when something of it is missing, and then the rest is judged all the same.
 * Of what the input does not say itself, `globals.credentials` counts; where neither has a block, Azure's variables do.
 * No value is shown: what stands here may be the secret in another's place.
 *
 * @param tenant of the key `tenant_id` beside the block
 */
export function credentialsOf(
  { path: input, block: own, tenant }: {
    readonly path: Path;
    readonly block: CredentialBlock | null;
    readonly tenant: string | undefined;
  },
  shared: SharedCredentials | null,
  readers: SecretReaders,
  report: Report,
): InputCredentials | null {
  const path = own?.path ?? [...input, "credentials"];
  const tenantId = tenantOf(own, tenant, { input, path }, report);
  if (own !== null) remarkClient(own, report);
  const environment = own === null && shared === null ? environmentCredentials(readers.env) : null;
  if (own === null && shared === null && environment === null) {
    const message = tenant === undefined
      ? "is missing; expected a block with tenant_id, client_id and client_secret"
      : `is missing; expected a block with client_id and one of ${KINDS}, here or in globals, or the variables ` +
        AZURE_VARIABLES;
    report("error", path, message, { collector: ["InputConfigurationError", 3] });
    return null;
  }
  const isShared = shared !== null && kindsOf(shared.block).length > 0 &&
    (own === null || kindsOf(own).length === 0);
  const credential = environment !== null
    ? credentialOf(environment.kind, environment.values, { path: input, readers, report })
    : isShared
    ? shared.credential
    : ownCredential(own ?? { path, values: {}, written: {} }, readers, report);
  if (credential?.kind === "managed_identity" && tenantId !== null && !GUID.test(tenantId)) {
    const at = own?.values.tenant_id === undefined ? [...input, "tenant_id"] : [...path, "tenant_id"];
    report("error", at, "is no GUID; the tokens of a managed identity are compared with the tenant's id");
  }
  const credentials = credential && withIds(credential, {
    tenantId,
    client: [environment?.values, own?.values, shared?.block.values].find((one) => one?.client_id)?.client_id,
    isWritten: [own, shared?.block].some((block) => isGiven(block?.written["client_id"])),
    path,
  }, report);
  return credentials && { credentials, authority: environment?.authority ?? null };
}

function isGiven(value: unknown): boolean {
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
  own: CredentialBlock | null,
  beside: string | undefined,
  { input, path }: { readonly input: Path; readonly path: Path },
  report: Report,
): string | null {
  const within = own?.values.tenant_id;
  const at = within === undefined ? [...input, "tenant_id"] : [...path, "tenant_id"];
  const tenantId = within ?? beside;
  if (within !== undefined && beside !== undefined) {
    report("error", at, "stands beside credentials, too; keep one of them", { at: "key" });
  }
  if (tenantId === undefined) {
    if (own !== null && !isGiven(own.written["tenant_id"])) {
      const [is, expected] = isBlank(own.written["tenant_id"])
        ? ["empty", "the tenant's id, without white space and slashes"]
        : ["missing", "the tenant's id, a text"];
      report("error", [...path, "tenant_id"], `is ${is}; expected ${expected}`, {
        collector: tenantNotes.missing,
      });
    }
    return null;
  }
  if (!GUID.test(tenantId) && !DOMAIN.test(tenantId)) {
    const message = "this is neither the id of a tenant (a GUID) nor a domain name; the login may fail";
    report("warning", at, message);
  }
  return tenantId;
}

function remarkClient({ values: { client_id: clientId }, path }: CredentialBlock, report: Report): void {
  if (clientId === undefined || GUID.test(clientId)) return;
  report("warning", [...path, "client_id"], "this is no application id (a GUID); the login may fail");
}

/** The credential with whose it is. */
function withIds(
  credential: Credential,
  { tenantId, client, isWritten, path }: {
    readonly tenantId: string | null;
    readonly client: string | undefined;
    /** Whether a client stands anywhere, right or wrong. */
    readonly isWritten: boolean;
    readonly path: Path;
  },
  report: Report,
): Credentials | null {
  if (credential.kind === "managed_identity" || credential.kind === "azure_cli") {
    if (isWritten) {
      const hint = credential.kind === "azure_cli"
        ? ""
        : "; an identity that a user assigned is {client_id: ID}";
      report("error", [...path, "client_id"], `has no meaning beside ${credential.kind}${hint}`, {
        at: "key",
      });
    }
    return tenantId === null ? null : { tenantId, clientId: null, ...credential };
  }
  if (client === undefined) {
    if (!isWritten) {
      report("error", [...path, "client_id"], "is missing; expected the application's id, a text", {
        collector: clientNotes.missing,
      });
    }
    return null;
  }
  return tenantId === null ? null : { tenantId, clientId: client, ...credential };
}
