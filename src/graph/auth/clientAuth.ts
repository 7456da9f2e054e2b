/**
 * How an application proves to Entra's token endpoint who it is. Each kind of credential is one file in this folder,
 * whose function makes a {@linkcode ClientAuth}; `entra.ts` sends whatever proof that gives and knows of no kind.
 *
 * A kind that does not go by the token endpoint, such as a managed identity, is no `ClientAuth`: its file makes a
 * {@linkcode TokenIssuer} of its own. `wiring/streams.ts` chooses by what the configuration holds.
 */

/** The token request that a proof is for. */
export interface TokenRequest {
  /** The token endpoint as Entra itself knows it: what a signed assertion names as its audience. */
  readonly audience: string;
  readonly clientId: string;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
}

/** What a token request carries to show who asks. */
export interface ClientProof {
  /** Parameters of the form, beside `grant_type`, `client_id` and `scope`. */
  readonly parameters: Readonly<Record<string, string>>;
  /** @default none */
  readonly headers?: Readonly<Record<string, string>>;
  /** The key of the configuration that it was made of, for advice when it is refused. */
  readonly configKey: string;
  /** What it was made of: another value once that was rotated or renewed. Never shown. */
  readonly madeOf: string;
}

/**
 * Proves who the client is. Called for each token request, so that what was rotated or renewed meanwhile is taken up.
 *
 * @throws secret-unreadable what it is made of cannot be read
 */
export type ClientAuth = (request: TokenRequest, signal?: AbortSignal) => ClientProof | Promise<ClientProof>;
