import { plugins } from "../../../plugins/index.ts";
import type { Clock } from "../../../src/clock.ts";
import { createEmulator, type Emulator, type EmulatorOptions } from "../../../src/emulator/emulator.ts";
import { defaultTenant } from "../../../src/emulator/options.ts";

/** Sunday noon, when nothing else happens. */
export const NOON = Date.UTC(2026, 10, 22, 12);

/** A clock that moves only when told, or when somebody sleeps. */
export function manualClock(at = NOON): Clock & { advance(ms: number): void } {
  let now = at;
  return {
    now: () => now,
    sleep: (ms, signal) => {
      signal?.throwIfAborted();
      now += Math.max(ms, 0);
      return Promise.resolve();
    },
    advance: (ms) => void (now += ms),
  };
}

/** An emulator of the collections that our own plugins describe. */
export function emulate(options: Partial<EmulatorOptions> = {}): Emulator {
  return createEmulator({ plugins, ...options });
}

/** A page as a client reads it. */
export interface PageBody {
  "@odata.context": string;
  "@odata.count"?: number;
  "@odata.nextLink"?: string;
  value: Record<string, unknown>[];
}

/** An emulator with a clock of its own, and a client that holds a token. */
export interface Bench {
  readonly emulator: Emulator;
  readonly clock: ReturnType<typeof manualClock>;
  /** GET with the token; a path is taken below the emulator's origin. */
  get(pathOrUrl: string, init?: RequestInit): Promise<Response>;
  /** GET, and the page it must give. */
  page(pathOrUrl: string, init?: RequestInit): Promise<PageBody>;
  /** Every page from here on. */
  pages(pathOrUrl: string): Promise<PageBody[]>;
}

export const ORIGIN = "http://emulator.test";

/** Quotas are off and pages even unless asked for, so that a test sees only what it is about. */
export async function bench(options: Partial<EmulatorOptions> = {}): Promise<Bench> {
  const clock = manualClock();
  const emulator = emulate({ clock, quotas: "off", unevenPages: false, ...options });
  const token = await tokenOf(emulator, options.tenants?.[0] ?? defaultTenant);
  const get = (pathOrUrl: string, init: RequestInit = {}) => {
    const headers = new Headers(init.headers);
    if (!headers.has("authorization")) headers.set("authorization", `Bearer ${token}`);
    return emulator.fetch(new Request(new URL(pathOrUrl, ORIGIN), { ...init, headers }));
  };
  const page = async (pathOrUrl: string, init?: RequestInit) => {
    const response = await get(pathOrUrl, init);
    const text = await response.text();
    if (response.status !== 200) throw new Error(`${response.status} ${text}`);
    return JSON.parse(text) as PageBody;
  };
  const pages = async (pathOrUrl: string) => {
    const all: PageBody[] = [];
    for (
      let next: string | undefined = pathOrUrl;
      next !== undefined;
      next = all.at(-1)?.["@odata.nextLink"]
    ) {
      all.push(await page(next));
    }
    return all;
  };
  return { emulator, clock, get, page, pages };
}

/** Asks for a token with a form of one's own. */
export function askToken(
  emulator: Emulator,
  tenantId: string,
  form: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Response> {
  return emulator.fetch(
    new Request(`${ORIGIN}/${tenantId}/oauth2/v2.0/token`, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
      body: new URLSearchParams(form).toString(),
    }),
  );
}

/** A form that is right in every part. */
export function goodForm(tenant: { clientId: string; clientSecret?: string } = defaultTenant) {
  return {
    grant_type: "client_credentials",
    client_id: tenant.clientId,
    client_secret: tenant.clientSecret ?? "",
    scope: `${ORIGIN}/.default`,
  };
}

async function tokenOf(
  emulator: Emulator,
  tenant: { tenantId: string; clientId: string; clientSecret?: string },
) {
  const response = await askToken(emulator, tenant.tenantId, goodForm(tenant));
  return ((await response.json()) as { access_token: string }).access_token;
}

/** What a filter looks like in a URL. */
export function filtered(path: string, filter: string, rest = ""): string {
  return `${path}?$filter=${encodeURIComponent(filter)}${rest}`;
}

export const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
export const idOf = (bytes: Uint8Array) => (JSON.parse(text(bytes)) as { id: string }).id;
