/** One tenant on an emulator in this process: its configuration, and the way of a request to the emulator. */
import { plugins as ours } from "../../plugins/index.ts";
import type { Config, ServiceConfig } from "../../src/config/config.ts";
import { loadConfig } from "../../src/config/load.ts";
import type { Emulator } from "../../src/emulator/emulator.ts";
import { GraphtapError } from "../../src/errors.ts";
import type { HttpRequest, HttpResponse } from "../../src/graph/transport.ts";
import { fromMillis } from "../../src/instant.ts";
import type { Plugin } from "../../src/plugin/plugin.ts";
import { quotaNames } from "../../src/plugin/quotaNames.ts";
import { createRegistry, type Registry } from "../../src/plugin/registry.ts";
import { openState, type State } from "../../src/state/state.ts";

export const GRAPH = "https://graph.microsoft.com";
export const TENANT = {
  tenantId: "contoso.example",
  clientId: "5f4d3c2b-0000-4000-8000-00000000a995",
  clientSecret: "not-a-secret",
};

/** So many that no request waits. */
const UNLIMITED = { requests: 1_000_000, seconds: 1 };

/**
 * A configuration of the input "contoso", whose id is "1", with every service and no limit of requests.
 *
 * @param origin where Graph and the login service are; @default those of Microsoft
 * @param plugins the services that there are; @default our own
 */
export function tenantConfig(
  nowMs: number,
  origin?: string,
  plugins: readonly Plugin[] = ours,
): { readonly config: Config; readonly registry: Registry } {
  const registry = createRegistry(plugins);
  const input = {
    id: "1",
    enabled: true,
    credentials: {
      tenant_id: TENANT.tenantId,
      client_id: TENANT.clientId,
      client_secret: TENANT.clientSecret,
    },
    ...(origin === undefined ? {} : { override_base_url: origin, override_login_url: origin }),
    services: Object.fromEntries(plugins.map(({ service }) => [service, {}])),
  };
  const config = loadConfig(JSON.stringify({ inputs: { contoso: input } }), {
    file: "config.yaml",
    registry,
    now: fromMillis(nowMs),
    env: {},
    readFile: () => "",
  });
  const quotas = Object.fromEntries(quotaNames.map((name) => [name, UNLIMITED]));
  return { config: { ...config, globals: { ...config.globals, quotas } }, registry };
}

/** The same configuration with these services alone, in this order, and with other settings. */
export function withServices(
  config: Config,
  names: readonly string[],
  settings: Partial<ServiceConfig> = {},
): Config {
  const [input] = config.inputs;
  const services = names.map((name) => ({
    // A variant is not in the configuration, and has the defaults of all.
    ...input!.services.find((service) => service.name === name) ??
      { ...input!.services[0]!, name, configuredName: name },
    ...settings,
  }));
  return { ...config, inputs: [{ ...input!, services }] };
}

/** A state folder that no other process wants. */
export function openOwnState(folder: string, now: () => number, report: (note: string) => void): State {
  return openState(folder, {
    locker: () => ({ status: "locked", release() {} }),
    pid: 1,
    now,
    report,
  });
}

/** The emulator's answer. */
export async function fetchFrom(emulator: Emulator, request: HttpRequest): Promise<HttpResponse> {
  const { "accept-encoding": _, ...headers } = request.headers;
  const { method, url, body } = request;
  const response = await naming(emulator.fetch(new Request(url, { method, headers, body })));
  return {
    status: response.status,
    header: (name) => response.headers.get(name),
    body: bodyOf(response),
  };
}

async function* bodyOf(response: Response): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  try {
    for (;;) {
      const { done, value } = await naming(reader.read());
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/** A broken connection in the words of the program's own HTTP. */
async function naming<T>(exchange: Promise<T>): Promise<T> {
  try {
    return await exchange;
  } catch (error) {
    if (error instanceof GraphtapError) throw error;
    throw new GraphtapError("graph-unreachable", "the connection was reset", { cause: error });
  }
}
