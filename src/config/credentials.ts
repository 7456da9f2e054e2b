/** `credentials` of an input: its keys, and what must hold among them. */
import * as z from "zod";
import type { Credentials } from "./config.ts";
import type { RightParts } from "./check.ts";
import { key } from "./field.ts";
import { placeholderRemark } from "./placeholders.ts";
import type { Path } from "./places.ts";
import { type Report, reportFailure } from "./problems.ts";
import {
  accessRemark,
  createSecret,
  secretPath,
  type SecretReaders,
  secretSchema,
  type SecretSource,
} from "./secret.ts";

const part = (what: string) =>
  z.string({ error: `${what}, a text` }).trim().regex(
    /^[^\s/?#\\]+$/,
    `${what}, without white space and slashes`,
  );

/** `credentials`. Nothing of it is ever shown: values get swapped. */
export const credentialsSchema = z.strictObject({
  tenant_id: key(part("the tenant's id"), "The tenant: its id or one of its domain names.", {
    secret: true,
    missing: ["InputConfigurationError", 5],
    wrong: ["InputConfigurationError", 6],
    examples: ["00000000-0000-0000-0000-000000000000"],
  }),
  client_id: key(part("the application's id"), "The application (client) id.", {
    secret: true,
    missing: ["InputConfigurationError", 7],
    wrong: ["InputConfigurationError", 8],
    examples: ["00000000-0000-0000-0000-000000000000"],
  }),
  client_secret: key(secretSchema, "The client secret's value: as it is, or where to find it.", {
    secret: true,
    missing: ["InputConfigurationError", 9],
    wrong: ["InputConfigurationError", 10],
    examples: [{ env: "GRAPH_CLIENT_SECRET" }],
  }),
}, { error: "a block with tenant_id, client_id and client_secret" });

const GUID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
const DOMAIN = /^([a-z0-9-]+\.)+[a-z]{2,}$/i;

/**
 * The application of an input; `null` when something of it is missing, and then the rest is judged all the same. No
 * value is shown: what stands here may be the secret in another's place.
 *
 * @param values What is right of the block.
 */
export function credentialsOf(
  values: RightParts<z.output<typeof credentialsSchema>>,
  path: Path,
  readers: SecretReaders,
  report: Report,
): Credentials | null {
  const { tenant_id: tenantId, client_id: clientId, client_secret: source } = values;
  if (tenantId !== undefined && !GUID.test(tenantId) && !DOMAIN.test(tenantId)) {
    const message = "this is neither the id of a tenant (a GUID) nor a domain name; the login may fail";
    report("warning", [...path, "tenant_id"], message);
  }
  if (clientId !== undefined && !GUID.test(clientId)) {
    report(
      "warning",
      [...path, "client_id"],
      "this is no application id (a GUID); the login may fail",
    );
  }
  if (source === undefined) return null;
  const clientSecret = createSecret(source, readers);
  const at = [...path, "client_secret", ...(typeof source === "string" ? [] : Object.keys(source))];
  try {
    for (const remark of secretRemarks(clientSecret.reveal())) {
      report("warning", at, `${remark}; the login may fail`);
    }
    remarkAccess(source, at, readers, report);
  } catch (error) {
    reportFailure(error, at, report);
  }
  return tenantId === undefined || clientId === undefined ? null : { tenantId, clientId, clientSecret };
}

/** What looks wrong about the value of a secret, none of which is shown. */
function secretRemarks(value: string): string[] {
  return [
    // Microsoft shows the id of a secret beside its value, and only the value works.
    ...(GUID.test(value) ? ["this looks like the id of the secret, not like its value"] : []),
    ...(value.trim() === value ? [] : ["the secret begins or ends with white space, which counts"]),
    ...(/^\s*(["'`]).*\1\s*$/.test(value) ? ["the secret stands in quotes, which count"] : []),
    ...(placeholderRemark(value) === null
      ? []
      : ["this looks like a placeholder or a variable, not like a secret"]),
  ];
}

/** Warns of a secret that others may read or replace, in its own file or in this one. */
function remarkAccess(source: SecretSource, path: Path, readers: SecretReaders, report: Report): void {
  const file = typeof source === "string" ? readers.file : secretPath(source, readers);
  const remark = file === null ? null : accessRemark(file, readers);
  if (remark !== null) report("warning", path, remark, { isAdvice: true });
}
