/** `credentials` of an input. */
import type * as z from "zod";
import { asGraphtapError } from "../errors.ts";
import type { Credentials } from "./config.ts";
import type { Path } from "./document.ts";
import type { credentialsSchema } from "./inputSchema.ts";
import type { Reading } from "./reading.ts";
import { keyOf, report } from "./reading.ts";
import type { Part } from "./section.ts";
import { createSecret } from "./secret.ts";

const GUID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
const DOMAIN = /^([a-z0-9-]+\.)+[a-z]{2,}$/i;

/**
 * The application of an input; `null` when something of it is missing, and then the rest is judged all the same. No
 * value is shown: what stands here may be the secret in another's place.
 *
 * @param enabled Of a disabled input, a secret that cannot be read is only a warning.
 */
export function readCredentials(
  reading: Reading,
  values: Part<z.output<typeof credentialsSchema>>,
  path: Path,
  enabled: boolean,
): Credentials | null {
  const { tenant_id: tenantId, client_id: clientId, client_secret: source } = values;
  if (tenantId !== undefined && !GUID.test(tenantId) && !DOMAIN.test(tenantId)) {
    const message = "this is neither the id of a tenant (a GUID) nor a domain name; the login may fail";
    report(reading, "warning", [...path, "tenant_id"], message);
  }
  if (clientId !== undefined && !GUID.test(clientId)) {
    report(
      reading,
      "warning",
      [...path, "client_id"],
      "this is no application id (a GUID); the login may fail",
    );
  }
  if (source === undefined) return null;
  const clientSecret = createSecret(source, reading.options);
  try {
    // Microsoft shows the id of a secret beside its value, and only the value works.
    if (GUID.test(clientSecret.reveal())) {
      const message = "this looks like the id of the secret, not like its value; the login may fail";
      report(reading, "warning", [...path, "client_secret"], message);
    }
  } catch (error) {
    const at = [...path, "client_secret", ...(typeof source === "string" ? [] : Object.keys(source))];
    if (!reading.placeholders.has(keyOf(at))) {
      report(reading, enabled ? "error" : "warning", at, asGraphtapError(error).message);
    }
  }
  return tenantId === undefined || clientId === undefined ? null : { tenantId, clientId, clientSecret };
}
