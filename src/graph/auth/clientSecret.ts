import type { ClientAuth } from "./clientAuth.ts";
import type { Command } from "./command.ts";

/**
 * Proof by a client secret (RFC 6749, section 2.3.1, in the body, as Entra documents it).
 *
 * @param secret read, or fetched by its command, for each token request. @throws secret-missing, secret-unreadable
 * @param onUsed told of the secret of each proof @default nobody
 */
export function clientSecret(
  secret: { reveal(): string } | Command,
  onUsed: (value: string) => void = () => {},
): ClientAuth {
  return async (_, signal) => {
    const value = "reveal" in secret ? secret.reveal() : await printedBy(secret, signal);
    onUsed(value);
    return { parameters: { client_secret: value }, configKey: "client_secret", madeOf: value };
  };
}

async function printedBy(command: Command, signal: AbortSignal | undefined): Promise<string> {
  const { firstLineOf } = await import("./command.ts");
  return firstLineOf(command, "client_secret", signal);
}
