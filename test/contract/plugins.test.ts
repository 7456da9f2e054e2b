import { describe, expect, it } from "vitest";
import { plugins } from "../../plugins/index.ts";
import { type CollectionName, createEmulator, type Emulator } from "../../src/emulator/emulator.ts";
import { addSeconds, fromMillis } from "../../src/instant.ts";
import type { Plugin } from "../../src/plugin/plugin.ts";
import { createRegistry } from "../../src/plugin/registry.ts";
import { checkPlugin } from "../../src/plugin/schema.ts";
import { firstPageUrl } from "../../src/tap/query.ts";
import { manualClock } from "../support/manualClock.ts";

/** Where the emulator, which knows nothing of plugins, keeps what a path serves. */
const COLLECTIONS: Record<string, CollectionName> = {
  "/v1.0/auditLogs/signIns": "signIns",
  "/beta/auditLogs/signIns": "signIns_beta",
  "/v1.0/auditLogs/directoryAudits": "directoryAudits",
  "/v1.0/auditLogs/provisioning": "provisioning",
  "/v1.0/security/alerts": "alerts",
  "/v1.0/security/alerts_v2": "alerts_v2",
  "/v1.0/security/secureScores": "secureScores",
  "/v1.0/security/secureScoreControlProfiles": "secureScoreControlProfiles",
};
const TENANT = { tenantId: "contoso.example", clientId: "app", clientSecret: "not-a-secret" };
const GRAPH = "https://graph.microsoft.com";

/** All names, variants included, each as the engine would poll it. */
const registry = createRegistry(plugins);
const all = [
  ...new Map(
    registry.names().map((name) => registry.resolve(name)!).map((plugin) => [plugin.service, plugin]),
  ).values(),
];

async function tokenOf(emulator: Emulator): Promise<string> {
  const body = new URLSearchParams({
    client_id: TENANT.clientId,
    client_secret: TENANT.clientSecret,
    scope: `${GRAPH}/.default`,
    grant_type: "client_credentials",
  });
  const url = `https://login.microsoftonline.com/${TENANT.tenantId}/oauth2/v2.0/token`;
  const response = await emulator.fetch(new Request(url, { method: "POST", body }));
  return (await response.json() as { access_token: string }).access_token;
}

async function get(emulator: Emulator, url: string): Promise<Response> {
  return emulator.fetch(
    new Request(url, {
      headers: { authorization: `Bearer ${await tokenOf(emulator)}`, prefer: "include-unknown-enum-members" },
    }),
  );
}

function open(plugin: Plugin, permissions?: readonly string[]) {
  const clock = manualClock();
  const emulator = createEmulator({ plugins, clock, quotas: "off", tenants: [{ ...TENANT, permissions }] });
  const now = fromMillis(clock.now());
  const range = { from: addSeconds(now, -6 * 3600), to: now };
  const collection = COLLECTIONS[plugin.path]!;
  return {
    emulator,
    collection,
    range,
    url: firstPageUrl(
      GRAPH,
      plugin,
      plugin.cursor.kind === "snapshot" ? { from: null, to: null } : range,
      null,
    ),
  };
}

describe.each(all.map((plugin) => [plugin.service, plugin] as const))("%s", (_, plugin) => {
  it("is a plugin by the schema", () => expect(checkPlugin(plugin, plugin.service)).toBeDefined());

  it("is asked for in a way that Graph accepts, page after page, until every record has come", async () => {
    const { emulator, collection, range, url } = open(plugin);
    emulator.produce(collection, 37, range);
    const ids = new Set<string>();
    let pages = 0;
    const small = url.replace(/\$top=\d+/, "$top=5");
    for (let next: string | undefined = small; next !== undefined && pages < 100; pages++) {
      const response = await get(emulator, next);
      expect(response.status).toBe(200);
      const page = await response.json() as { value: { id: string }[]; "@odata.nextLink"?: string };
      for (const record of page.value) ids.add(record.id);
      next = page["@odata.nextLink"];
    }
    const held = emulator.records(collection).map((bytes) => JSON.parse(new TextDecoder().decode(bytes)));
    const wanted = plugin.filter?.includes(" or ") !== false || plugin.filter === undefined
      ? held
      : held.filter(({ signInEventTypes }) => plugin.filter!.includes(signInEventTypes[0]));
    expect([...ids].sort()).toEqual([...new Set(wanted.map(({ id }) => id))].sort());
    expect(pages).toBeGreaterThan(wanted.length > 5 ? 1 : 0);
  });

  it("asks for a page size that Graph serves", async () => {
    const { emulator, url } = open(plugin);
    expect((await get(emulator, url)).status).toBe(200);
    expect(new URL(url).searchParams.get("$top")).toBe(String(plugin.page.size));
  });

  it("needs its first permission and no other", async () => {
    expect((await get(open(plugin, [plugin.permissions[0]!]).emulator, open(plugin).url)).status).toBe(200);
    expect((await get(open(plugin, ["User.Read.All"]).emulator, open(plugin).url)).status).toBe(403);
  });

  it("names properties that its records have", () => {
    const { emulator, collection, range } = open(plugin);
    const records = emulator.produce(collection, 20, range).map((bytes) =>
      JSON.parse(new TextDecoder().decode(bytes))
    );
    const fields = [
      plugin.cursor.field,
      typeof plugin.tag === "string" ? undefined : plugin.tag.field.split("/")[0],
    ];
    for (const field of fields.filter((name) => name !== undefined)) {
      expect(records.some((record) => record[field] !== undefined && record[field] !== null)).toBe(true);
    }
  });
});

it("the services of the old collector are all there, by every name they ever had", () => {
  const names = [
    "directory_audits",
    "provisioning_audits",
    "signIns",
    "signIns_v2",
    "alerts",
    "alerts_v2",
    "secure_scores",
    "secure_score_control_profiles",
    "audit",
    "directory_audit",
    "provisioning",
    "provisioning_audit",
    "signIn",
    "signins",
    "signIn_nonInteractive",
    "signIn_servicePrincipal",
    "signIn_managedIdentity",
    "secureScores",
    "secure_score_control_profile",
  ];
  expect(names.filter((name) => registry.resolve(name) === null)).toEqual([]);
});
