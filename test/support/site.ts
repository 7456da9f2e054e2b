import { Buffer } from "node:buffer";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { plugins } from "../../plugins/index.ts";
import {
  type CollectionName,
  createEmulator,
  type Emulator,
  type EmulatorOptions,
  type TenantOptions,
} from "../../src/emulator/emulator.ts";
import { quotaNames } from "../../src/plugin/quotaNames.ts";
import { createCollections } from "../../src/emulator/collections.ts";
import { serveEmulator } from "../../src/emulator/serve.ts";
import { formatInstant, fromMillis, type Window } from "../../src/instant.ts";
import { askedRange } from "./askedRange.ts";
import { tempFolder } from "./tempFolder.ts";

/** The emulator's collection behind each service. */
export const COLLECTIONS: Readonly<Record<string, CollectionName>> = Object.fromEntries(
  createCollections(plugins).all.map(({ plugin, name }) => [plugin.service, name]),
);

/** Services that take no start time here: their collections are read whole. */
const SNAPSHOTS = plugins.filter(({ cursor }) => cursor.kind === "snapshot").map(({ service }) => service);

/** A tenant with an application that has a secret. */
type WithSecret = TenantOptions & { readonly clientSecret: string };

export const CONTOSO: WithSecret = {
  tenantId: "3f7c1e52-90ab-4d6e-8c21-5b0e7a94d210",
  clientId: "b81d6f04-2a7e-4c39-9e55-0c3f1d8a6e77",
  clientSecret: "Contoso~secret+with&signs%20=",
};
export const FABRIKAM: WithSecret = {
  tenantId: "7b2f9c10-1e4d-4a83-b6f5-2c9d8e7f6a51",
  clientId: "c4a19e37-5d20-4b6f-8f12-9e0d7c6b5a48",
  clientSecret: "fabrikam-secret",
};

/** An input of a configuration. */
export interface InputPlan {
  readonly name: string;
  readonly id: string;
  readonly tenant: TenantOptions;
  /** In the place of the tenant's secret. A kind that is none of an application's has no `client_id`. */
  readonly credentials?: Readonly<Record<string, unknown>>;
  readonly environment?: string;
  /** Services, each with settings beside its start time. */
  readonly services: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** A Graph on loopback inside the test, and a folder for a configuration and its state. */
export interface Site {
  readonly url: string;
  readonly emulator: Emulator;
  readonly folder: string;
  /** The state folder that the configuration names. */
  readonly state: string;
  /** When records begin, and the `start_time_in_utc` of every service: three hours ago. */
  readonly start: ReturnType<typeof fromMillis>;
  /** The configuration of these inputs as a plain object. */
  config(inputs: readonly InputPlan[], globals?: Readonly<Record<string, unknown>>): Record<string, unknown>;
  /** Writes a configuration, and gives its path. */
  write(inputs: readonly InputPlan[], globals?: Readonly<Record<string, unknown>>): string;
  /** What a service of a tenant holds: each record one text, each character one byte. */
  records(service: string, tenant?: TenantOptions): string[];
  /** While it is set, Graph answers 504 to whatever asks for a moment of it. */
  unreadable: Window | null;
  /** Requests for a collection so far. */
  requests(collection: CollectionName | "token"): number;
}

/** Opens a site for the running test. Quotas are off and pages even unless asked for. */
export async function openSite(options: Partial<EmulatorOptions> = {}): Promise<Site> {
  const folder = tempFolder();
  const emulator = createEmulator({
    plugins,
    tenants: [CONTOSO, FABRIKAM],
    quotas: "off",
    unevenPages: false,
    ...options,
  });
  const server = await serveEmulator({
    ...emulator,
    fetch: (request) => isUnreadable(request, site.unreadable) ? timeOut() : emulator.fetch(request),
  });
  onTestFinished(() => server.close());
  const start = fromMillis(Math.floor(Date.now() / 1000) * 1000 - 3 * 3_600_000);
  const site: Site = {
    url: server.url,
    emulator,
    unreadable: null,
    folder,
    state: join(folder, "state"),
    start,
    config: (inputs, globals = {}) => ({
      globals: {
        persistence: { type: "filesystem", config: { directory_name: "state" } },
        // The program's own budgets must not slow what is not about them.
        quotas: Object.fromEntries(
          quotaNames.map((name) => [name, { requests: 1000, seconds: 1 }]),
        ),
        ...globals,
      },
      inputs: Object.fromEntries(inputs.map((input) => [input.name, inputOf(input, server.url, start)])),
    }),
    write(inputs, globals) {
      const path = join(folder, "config.yaml");
      // JSON is YAML.
      writeFileSync(path, JSON.stringify(site.config(inputs, globals), null, 2));
      return path;
    },
    records: (service, tenant = CONTOSO) =>
      emulator.records(COLLECTIONS[service]!, tenant.tenantId).map((bytes) =>
        Buffer.from(bytes).toString("latin1")
      ),
    requests: (collection) => emulator.requests.filter((request) => request.collection === collection).length,
  };
  return site;
}

function inputOf(input: InputPlan, url: string, start: ReturnType<typeof fromMillis>) {
  const { tenantId, clientId, clientSecret } = input.tenant;
  const credentials = input.credentials ?? { client_secret: clientSecret };
  const isHost = "managed_identity" in credentials || "azure_cli" in credentials;
  return {
    id: input.id,
    enabled: true,
    credentials: { tenant_id: tenantId, ...(isHost ? {} : { client_id: clientId }), ...credentials },
    ...(input.environment === undefined ? {} : { environment: input.environment }),
    override_base_url: url,
    override_login_url: url,
    services: Object.fromEntries(
      Object.entries(input.services).map(([name, settings]) => [name, {
        ...(SNAPSHOTS.includes(name) ? {} : { start_time_in_utc: formatInstant(start) }),
        ...settings,
      }]),
    ),
  };
}

function isUnreadable(request: Request, range: Window | null): boolean {
  const asked = askedRange(request);
  return range !== null && asked !== null && asked.from <= range.to.seconds && asked.to >= range.from.seconds;
}

function timeOut(): Promise<Response> {
  return Promise.resolve(Response.json({ error: { code: "GatewayTimeout", message: "" } }, { status: 504 }));
}

/** One input over one tenant. */
export function contoso(...services: string[]): InputPlan {
  return {
    name: "contoso",
    id: "10001",
    tenant: CONTOSO,
    services: Object.fromEntries(services.map((service) => [service, {}])),
  };
}
