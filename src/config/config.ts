/** What the engine knows of the configuration: plain data, checked, with every default in place. */
import type { ErrorCode } from "../errors.ts";
import type { Instant } from "../instant.ts";
import type { Registry } from "../plugin/registry.ts";
import type { IdentityHost } from "./credentials/identityHost.ts";
import type { RegexEngine } from "./patterns/engine.ts";
import type { Pattern } from "./patterns/pattern.ts";
import type { CertificateFiles, Command, Secret, SecretFile, SecretReaders } from "./credentials/secret.ts";

/** What a configuration is read with. */
export interface ReadOptions extends SecretReaders {
  readonly registry: Registry;
  /** Start times must be before it. */
  readonly now: Instant;
  /** Runs the patterns of masks; `regexEngineFor` loads it where a text has any. @default null */
  readonly regexEngine?: RegexEngine | null;
}

/** The whole file. */
export interface Config {
  /** As shown in messages: a file, a folder or several of them; `-` for standard input. */
  readonly file: string;
  readonly globals: Globals;
  /** Where the shipper delivers, in the order of the file. */
  readonly outputs: readonly OutputConfig[];
  /** Enabled and disabled ones, in the order of the file. */
  readonly inputs: readonly InputConfig[];
  /** What is not wrong enough to stop, sorted by position. */
  readonly warnings: readonly Problem[];
}

/** `globals`, with `global_overrides` laid over it. */
export interface Globals {
  /** Log a line for each request. @default false */
  readonly debug: boolean;
  readonly id: string | null;
  readonly name: string | null;
  /** The level of a tag that the documentation writes as `*`. @default "2" */
  readonly tagGeneration: string;
  /** `persistence.config.directory_name`, as written. @default "state" */
  readonly stateDir: string;
  /** Request budgets that replace the built-in ones, by name. */
  readonly quotas: Readonly<Record<string, RequestLimit>>;
  /** `requests_limits`: budgets over all inputs, beside all others. */
  readonly requestLimits: readonly RequestLimit[];
  /** Plain http to hosts other than this one. @default false */
  readonly allowInsecureUrls: boolean;
  /** Plugin files, as written. */
  readonly plugins: readonly string[];
  /** `service_defaults`. @default none */
  readonly serviceDefaults?: ServiceDefaults;
}

/** Settings of every service that does not say otherwise; `null` where the program's own default stays. */
export interface ServiceDefaults {
  readonly periodSeconds: number | null;
  readonly windowMaxSeconds: number | null;
  readonly rereadAfterSeconds: readonly number[] | null;
  readonly rereadMaxSeconds: number | null;
  readonly trackUpdates: boolean | null;
}

/** At most `requests` in any `seconds`. */
export interface RequestLimit {
  readonly requests: number;
  readonly seconds: number;
}

/** Where requests go. */
export interface Addresses {
  /** `us` is the GCC High cloud. @default "com" */
  readonly topLevelDomain: "com" | "us";
  /** Without a slash at its end; `null` for the cloud's own. */
  readonly baseUrl: string | null;
  /** Without a slash at its end; `null` for the cloud's own. */
  readonly loginUrl: string | null;
  readonly scope: string | null;
}

/** A block under `inputs`: one tenant, its credentials, its services. */
export interface InputConfig extends Addresses {
  /** The key of the block. */
  readonly name: string;
  /** Part of the state's address; no two inputs share one. */
  readonly id: string;
  /** The id as the old collector read it in YAML 1.1, and the state's address there. @default as `id` */
  readonly oldId?: string;
  /** The line of the old collector that the input is read as, and what in the file tells it. */
  readonly line?: { readonly version: "1.x" | "2.x"; readonly sign: string | null };
  /** @default true */
  readonly enabled: boolean;
  readonly credentials: Credentials;
  /** Added to each record as `@devo_environment`. */
  readonly environment: string | null;
  /** A cap over all services of the input; `null` for none beside the budgets. */
  readonly requestsPerSecond: number | null;
  /** `requests_limits`: budgets over all services of the input, beside Microsoft's. */
  readonly requestLimits: readonly RequestLimit[];
  /** Enabled and disabled ones, in the order of the file. */
  readonly services: readonly ServiceConfig[];
}

/** Who reads the tenant: an application with a credential of its own, or who this host or user is already. */
export type Credentials =
  & { readonly tenantId: string }
  & (
    | ({ readonly clientId: string } & (ClientSecret | ClientCertificate | FederatedToken))
    | ({ readonly clientId: null } & (ManagedIdentity | AzureCli))
  );

/** `client_secret`. */
export interface ClientSecret {
  readonly kind: "client_secret";
  readonly clientSecret: Secret | Command;
}

/** `client_certificate`: files that may be renewed while the program runs, so they are read again. */
export interface ClientCertificate extends CertificateFiles {
  readonly kind: "client_certificate";
}

/** `federated_token`: another's token that Entra trusts, fetched anew for each token of ours. */
export interface FederatedToken {
  readonly kind: "federated_token";
  readonly from: SecretFile | Command | GithubOidc;
}

/** GitHub gives a job a token by these two variables (about-security-hardening-with-openid-connect). */
export interface GithubOidc {
  /** `ACTIONS_ID_TOKEN_REQUEST_URL`. */
  readonly requestUrl: Secret;
  /** `ACTIONS_ID_TOKEN_REQUEST_TOKEN`. */
  readonly requestToken: Secret;
}

/** `managed_identity`: what Azure gives the host. */
export interface ManagedIdentity {
  readonly kind: "managed_identity";
  /** The identity that a user assigned; `null` for the host's own. */
  readonly identity: { readonly by: "client_id" | "object_id" | "resource_id"; readonly id: string } | null;
  readonly host: IdentityHost;
}

/** `azure_cli`: who signed in by `az login`. */
export interface AzureCli {
  readonly kind: "azure_cli";
}

/** A service of an input. */
export interface ServiceConfig {
  /** The name that the registry knows: a plugin's service or a variant's name. */
  readonly name: string;
  /** The key in the file, which may be an older name. */
  readonly configuredName: string;
  /** @default true */
  readonly enabled: boolean;
  /** From the start of a poll to the start of the next. @default 300, in a 1.x file 60 */
  readonly periodSeconds: number;
  /** `text` is as written: another text resets the stream's position. */
  readonly startTime: { readonly text: string; readonly instant: Instant } | null;
  /** `override_time_delta_in_days` of a 1.x file: without a start time a stream begins so far back. @default 0 */
  readonly lookbackDays?: number;
  /** An OData clause, and-ed to the plugin's own. */
  readonly additionalFilter: string | null;
  /** Replaces the whole tag. Holds the tag that `tag_version: v1` stands for, too. */
  readonly overrideTag: string | null;
  /** `tag_version` of a 1.x file, or its default there. When it is not `null`, the generation of the tags is "1". */
  readonly tagVersion: "v1" | "v2" | null;
  readonly windowMaxSeconds: number | null;
  /** Ages in seconds at which a range is read again for late records; `null` for the plugin's own. */
  readonly rereadAfterSeconds: readonly number[] | null;
  /** How deep re-reads may become where the deepest still finds late records; `null` for four times the deepest. */
  readonly rereadMaxSeconds: number | null;
  /** Whether a record leaves again when it changes. */
  readonly trackUpdates: boolean;
  /** Whether an event tells of each record that is not in its collection any more. @default false */
  readonly tellsRemoved?: boolean;
  /** `requests_limits` and `requests_per_second` of the service: budgets beside all others. @default [] */
  readonly requestLimits?: readonly RequestLimit[];
  /** Where its requests go, in a 1.x file whose services differ in that. @default as all of the input's */
  readonly addresses?: Addresses;
  readonly obfuscation: readonly ObfuscationRule[];
}

/** One rule of `obfuscation_data`. */
export interface ObfuscationRule {
  /** Keys from the record's top; `*` is every key of an object, every element of an array. */
  readonly path: readonly string[];
  /** The replacement; `undefined` stands for the default of the value's type. */
  readonly value: string | number | boolean | null | undefined;
  /** Replace what matches, not the whole. Empty: the whole. */
  readonly stringPatterns: readonly Pattern[];
  /** The key to make pseudonyms with, in the place of a replacement; `null` when the rule does not ask for any. */
  readonly pseudonymKey: Secret | null;
}

/** A block under `outputs`: a destination of the old collector. What the file does not say is `null`. */
export interface OutputConfig {
  /** The key of the block. */
  readonly name: string;
  /** @default "devo_platform" */
  readonly type: string;
  /** A host, without scheme and port. */
  readonly address: string | null;
  readonly port: number | null;
  /** Files as written: of the authority, of the client's certificate and of its key. */
  readonly chain: string | null;
  readonly cert: string | null;
  readonly key: string | null;
  /** The file that it stands in. @default the configuration's only one */
  readonly file?: string;
}

/** Something wrong in the file. */
export interface Problem {
  /** The file that it stands in. @default the configuration's only one */
  readonly file?: string;
  readonly severity: "error" | "warning";
  /** From 1; `null` when the problem has no place. */
  readonly line: number | null;
  /** From 1, in UTF-16 units; `null` when the problem has no place. */
  readonly column: number | null;
  /** Dotted, such as `inputs.my_input.services.signIns.request_period_in_seconds`; empty for the whole file. */
  readonly key: string;
  readonly message: string;
  /** The old collector's error type and id for the same mistake. */
  readonly collector?: readonly [type: string, id: number];
  /** The failure that it is. @default "config-invalid" */
  readonly code?: ErrorCode;
  /** It is no mistake in the file, and so not told beside one. */
  readonly isAdvice?: true;
}
