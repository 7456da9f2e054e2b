/** `credentials` of an input. */
import type * as z from "zod";
import { asGraphtapError } from "../errors.ts";
import type { Credentials } from "./config.ts";
import type { Path } from "./document.ts";
import type { credentialsSchema } from "./inputSchema.ts";
import type { Reading } from "./reading.ts";
import { keyOf, report } from "./reading.ts";
import { createSecret } from "./secret.ts";

const GUID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
const DOMAIN = /^([a-z0-9-]+\.)+[a-z]{2,}$/i;

/**
 * The application of an input. No value is shown: what stands here may be the secret in another's place.
 *
 * @param enabled Of a disabled input, a secret that cannot be read is only a warning.
 */
export function readCredentials(
  reading: Reading,
  values: z.output<typeof credentialsSchema>,
  path: Path,
  enabled: boolean,
): Credentials {
  if (!GUID.test(values.tenant_id) && !DOMAIN.test(values.tenant_id)) {
    const message = "this is neither the id of a tenant (a GUID) nor a domain name; the login may fail";
    report(reading, "warning", [...path, "tenant_id"], message);
  }
  if (!GUID.test(values.client_id)) {
    report(
      reading,
      "warning",
      [...path, "client_id"],
      "this is no application id (a GUID); the login may fail",
    );
  }
  const source = values.client_secret;
  const secret = createSecret(source, reading.options);
  const credentials = { tenantId: values.tenant_id, clientId: values.client_id, clientSecret: secret };
  try {
    // Microsoft shows the id of a secret beside its value, and only the value works.
    if (GUID.test(secret.reveal())) {
      const message = "this looks like the id of the secret, not like its value; the login may fail";
      report(reading, "warning", [...path, "client_secret"], message);
    }
  } catch (error) {
    const at = [...path, "client_secret", ...(typeof source === "string" ? [] : Object.keys(source))];
    if (reading.placeholders.has(keyOf(at))) return credentials;
    report(reading, enabled ? "error" : "warning", at, asGraphtapError(error).message);
  }
  return credentials;
}
