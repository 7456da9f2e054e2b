import type { ClientAuth } from "./clientAuth.ts";
import type { Command } from "./command.ts";

/**
 * Proof by a client secret (RFC 6749, section 2.3.1, in the body, as Entra documents it).
 *
 * @param secret read, or fetched by its command, for each token request. @throws secret-missing, secret-unreadable
 */
export function clientSecret(secret: { reveal(): string } | Command): ClientAuth {
  return async (_, signal) => ({
    parameters: { client_secret: "reveal" in secret ? secret.reveal() : await printedBy(secret, signal) },
    configKey: "client_secret",
  });
}

async function printedBy(command: Command, signal: AbortSignal | undefined): Promise<string> {
  const { firstLineOf } = await import("./command.ts");
  return firstLineOf(command, "client_secret", signal);
}
