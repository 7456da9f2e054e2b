/**
 * A Microsoft Graph and an Entra for tests: they run in this process, hold records of their own making or yours, and
 * refuse what the real ones refuse. Importing this starts nothing.
 *
 * @example A program of yours that reads Graph, with `fetch` passed in
 * ```ts
 * import { createEmulator, defaultTenant } from "@graphtap/graphtap/emulator";
 *
 * const graph = createEmulator();
 * graph.produce("directory_audits", 3);
 * graph.faults.add({ match: { collection: "directory_audits" }, do: { kind: "status", status: 503 } });
 *
 * const { tenantId, clientId, clientSecret } = defaultTenant;
 * const body = new URLSearchParams({
 *   client_id: clientId,
 *   client_secret: clientSecret,
 *   scope: "https://graph.microsoft.com/.default",
 *   grant_type: "client_credentials",
 * });
 * const login = `https://login.microsoftonline.com/${tenantId}/oauth2/v2.0/token`;
 * const { access_token } = await (await graph.fetch(new Request(login, { method: "POST", body }))).json();
 * const ask = () =>
 *   graph.fetch(
 *     new Request("https://graph.microsoft.com/v1.0/auditLogs/directoryAudits", {
 *       headers: { authorization: `Bearer ${access_token}` },
 *     }),
 *   );
 *
 * const [refused, served] = [await ask(), await ask()];
 * const { value } = await served.json();
 * if (refused.status !== 503 || value.length !== 3) throw new Error(`${refused.status}, ${value.length} records`);
 * ```
 *
 * @module
 */
import { createEmulator as createGraph } from "../emulator/emulator.ts";
import type { Faults } from "../emulator/faults.ts";
import type { EmulatorOptions as GraphOptions, TenantOptions } from "../emulator/options.ts";
import type { Holdings } from "../emulator/records/holdings.ts";
import type { RequestLogEntry } from "../emulator/requestLog.ts";
import type { Plugin } from "../plugin/plugin.ts";
import { plugins } from "../../plugins/index.ts";

export type { Clock } from "../clock.ts";
export type { FederatedCredential, PublicKey, Registration } from "../emulator/entra/registrations.ts";
export type {
  RegisteredCertificate,
  RegisteredSecret,
  TrustedIssuer,
} from "../emulator/entra/registrations.ts";
export type { CollectionName } from "../emulator/collections.ts";
export type { Fault, FaultAction, FaultMatch } from "../emulator/fault.ts";
export type { ActiveFault, Faults } from "../emulator/faults.ts";
export type {
  ArcAgent,
  EmulatorOptions as GraphOptions,
  JobOptions,
  ManagedIdentity,
  QuotaLimit,
  ServedRecord,
  TenantOptions,
} from "../emulator/options.ts";
export { defaultTenant } from "../emulator/options.ts";
export type { Holdings } from "../emulator/records/holdings.ts";
export type { ProduceOptions } from "../emulator/records/produce.ts";
export type { LoggedHeader, RequestLogEntry } from "../emulator/requestLog.ts";
export { type Answering, type ServedEmulator, serveEmulator, type ServeOptions } from "../emulator/serve.ts";
export { formatInstant, type Instant, parseInstant } from "../instant.ts";
export type * from "../plugin/plugin.ts";

/** How an emulator behaves. */
export interface EmulatorOptions extends Omit<GraphOptions, "plugins"> {
  /** What it holds collections of. @default all services of graphtap */
  readonly plugins?: readonly Plugin[];
}

/** An emulator. The names of its collections are those of services, their paths, or the last part of a path. */
export interface Emulator extends Holdings {
  /** Answers a request, whatever its host is. Rejects only as a network would. It needs no `this`. */
  fetch(request: Request): Promise<Response>;
  /** The latest 10,000 requests, oldest first. */
  readonly requests: readonly RequestLogEntry[];
  /** What is to go wrong. */
  readonly faults: Faults;
  /** The tenants that it knows; the first is meant wherever none is named. */
  readonly tenants: readonly TenantOptions[];
}

/** Makes an emulator. Nothing listens yet: pass its `fetch` on, or put it on a port by {@linkcode serveEmulator}. */
export function createEmulator(options: EmulatorOptions = {}): Emulator {
  return createGraph({ plugins, ...options });
}
