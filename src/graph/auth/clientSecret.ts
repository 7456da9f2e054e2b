import type { ClientAuth } from "./clientAuth.ts";

/**
 * Proof by a client secret (RFC 6749, section 2.3.1, in the body, as Entra documents it).
 *
 * @param reveal the secret; called for each token request. @throws secret-unreadable
 */
export function clientSecret(reveal: () => string): ClientAuth {
  return () => ({ parameters: { client_secret: reveal() }, configKey: "client_secret" });
}
