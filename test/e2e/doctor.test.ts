/** Whether a configuration will work, told before it has to: what `graphtap doctor` says about each thing at fault. */
import { Buffer } from "node:buffer";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { plugins } from "../../plugins/index.ts";
import type { FaultAction } from "../../src/emulator/faults.ts";
import type { EmulatorOptions } from "../../src/emulator/emulator.ts";
import { appCertificate } from "../support/assertions.ts";
import { run } from "../support/program.ts";
import { COLLECTIONS, CONTOSO, contoso, FABRIKAM, openSite } from "../support/site.ts";

interface Found {
  readonly input: string;
  readonly check: string;
  readonly result: string;
  readonly detail: string;
  readonly missing_permissions: readonly string[];
  readonly token?: unknown;
  readonly credential?: unknown;
  readonly consent_url?: string;
}

async function examine(config: string, ...words: string[]) {
  const ended = await run(["doctor", "-c", config, "--json", ...words]);
  expect(ended.stderr).not.toMatch(/"level":"error"|^\s+at /m);
  return { code: ended.code, found: JSON.parse(ended.stdout.toString()) as Found[] };
}

const results = (found: readonly Found[]) => found.map(({ check, result }) => `${check}: ${result}`);

describe("graphtap doctor", () => {
  it("asks each service for one record, and leaves no state behind", async () => {
    const site = await openSite();
    const services = Object.keys(COLLECTIONS);
    for (const service of services) site.emulator.produce(COLLECTIONS[service]!, 20);
    const config = site.write([contoso(...services)]);
    const { code, found } = await examine(config);
    expect(results(found)).toEqual(
      ["token", "credential", "clock", ...services].map((check) => `${check}: ok`),
    );
    expect(code).toBe(0);
    expect(found[0]?.detail).toMatch(
      new RegExp(`^application ${CONTOSO.clientId}, granted Application.Read.All, AuditLog.Read.All, `),
    );
    expect(found[0]?.detail).toMatch(
      `; the token is for https://graph.microsoft.com in tenant ${CONTOSO.tenantId}`,
    );
    expect(found[0]?.token).toMatchObject({ aud: "https://graph.microsoft.com", tid: CONTOSO.tenantId });
    expect(found[1]).toMatchObject({
      detail: expect.stringMatching(/^client_secret; ends at 2299-12-31T00:00:00Z, in \d+ days$/),
      credential: { kind: "client_secret", valid_until: "2299-12-31T00:00:00.000Z" },
    });
    expect(found[2]?.detail).toBe("within a second of Graph's");
    for (const service of services) expect(site.requests(COLLECTIONS[service]!), service).toBe(1);
    // Of these no smaller page can be asked for.
    const whole = plugins.filter(({ page }) => page.by === "none").map(({ service }) => COLLECTIONS[service]);
    for (const { records, collection } of site.emulator.requests) {
      if (collection !== "token" && !whole.includes(collection ?? "")) {
        expect(records, collection ?? "").toBeLessThanOrEqual(1);
      }
    }
    expect(existsSync(site.state)).toBe(false);
  });

  it("shows the same as a table", async () => {
    const site = await openSite();
    const { code, stdout } = await run(["doctor", "-c", site.write([contoso("alerts_v2")])]);
    expect(stdout.toString()).toMatch(
      /^INPUT +CHECK +RESULT +DETAIL\ncontoso +token +ok +application .*\ncontoso +credential +ok +client_secret; .*\ncontoso +clock +ok +.*\ncontoso +alerts_v2 +ok +can be read; no record in the last hour\n$/,
    );
    expect(code).toBe(0);
  });

  it.each<[string, Partial<EmulatorOptions>, string, RegExp, string[]]>([
    [
      "a permission that was not granted",
      { tenants: [{ ...CONTOSO, permissions: ["SecurityAlert.Read.All"] }] },
      "signIns: graph-forbidden",
      /grant the application permission AuditLog\.Read\.All with admin consent/,
      ["AuditLog.Read.All", "Directory.Read.All"],
    ],
    [
      "no permission at all",
      { tenants: [{ ...CONTOSO, permissions: [] }] },
      "signIns: graph-forbidden",
      /without any application permission/,
      ["AuditLog.Read.All", "Directory.Read.All"],
    ],
    [
      "a tenant without the licence",
      { tenants: [{ ...CONTOSO, premium: false }] },
      "signIns: graph-unlicensed",
      /the tenant needs Microsoft Entra ID P1 or P2/,
      ["Directory.Read.All"],
    ],
    [
      "a secret that is wrong",
      { tenants: [{ ...CONTOSO, clientSecret: "another" }] },
      "token: token-refused",
      /AADSTS7000215; put the secret's "Value" into client_secret/,
      [],
    ],
  ])("names %s, and ends with 3", async (_, options, result, detail, missing) => {
    const site = await openSite(options);
    const { code, found } = await examine(site.write([contoso("signIns")]));
    expect(results(found)).toContain(result);
    expect(found.map((one) => one.detail).join("\n")).toMatch(detail);
    expect(found.at(-1)?.missing_permissions).toEqual(missing);
    expect(code).toBe(3);
  });

  it.each<[string, FaultAction, number, RegExp]>([
    [
      "without a reason",
      { kind: "status", status: 403, code: "Forbidden" },
      3,
      /the token has AuditLog\.Read\.All/,
    ],
    [
      "for its licence",
      { kind: "status", status: 403, code: "UnknownError" },
      3,
      /the tenant has Microsoft Entra ID P1/,
    ],
    [
      "by Conditional Access",
      {
        kind: "status",
        status: 401,
        headers: { "www-authenticate": 'Bearer realm="", error="insufficient_claims", claims="e30="' },
      },
      3,
      /Conditional Access/,
    ],
    [
      "by a filter on the way",
      { kind: "status", status: 403, body: "<html></html>", headers: { "content-type": "text/html" } },
      1,
      /not Graph's: a proxy or a filter/,
    ],
  ])(
    "never advises a permission that the token has, when Graph refuses %s",
    async (_, action, exitCode, said) => {
      const permissions = ["AuditLog.Read.All", "Directory.Read.All"];
      const site = await openSite({ tenants: [{ ...CONTOSO, permissions }] });
      site.emulator.faults.add({ match: { collection: "signIns", times: "always" }, do: action });
      const { code, found } = await examine(site.write([contoso("signIns")]));
      expect(found.at(-1)?.detail).toMatch(said);
      expect(found.at(-1)?.detail).not.toContain("grant");
      expect(code).toBe(exitCode);
    },
  );

  it("tells what has ended and what cannot be reached from what is fine, and ends with 1", async () => {
    const site = await openSite();
    site.emulator.faults.add({
      match: { collection: "alerts" },
      do: { kind: "status", status: 404, code: "NotFound" },
    });
    site.emulator.faults.add({
      match: { collection: "secureScores", times: "always" },
      do: { kind: "reset" },
    });
    const { code, found } = await examine(
      site.write([contoso("alerts", "secure_scores", "directory_audits")]),
    );
    expect(results(found).slice(3)).toEqual([
      "alerts: graph-refused",
      "secure_scores: graph-unreachable",
      "directory_audits: ok",
    ]);
    expect(found[3]?.detail).toMatch(/404 .*stops returning data on 2026-10-15; use alerts_v2/);
    expect(code).toBe(1);
  });

  it("finds a filter that Graph does not take", async () => {
    const site = await openSite();
    const services = { signIns: { additional_filter: "status/errorCode foo 0" } };
    const { code, found } = await examine(site.write([{ ...contoso(), services }]));
    expect(found.at(-1)).toMatchObject({ check: "signIns", result: "graph-refused" });
    expect(found.at(-1)?.detail).toMatch(/check additional_filter/);
    expect(code).toBe(1);
  });

  it("tells a service that was not read to its end from one that was, and ends with 1", async () => {
    const site = await openSite();
    site.emulator.faults.add({
      match: { collection: "directoryAudits", page: 0, times: "always" },
      do: { kind: "loopLink" },
    });
    site.emulator.faults.add({
      match: { collection: "secureScores", times: "always" },
      do: { kind: "status", status: 400 },
    });
    const config = site.write([contoso("directory_audits", "signIns", "secure_scores")]);
    site.emulator.produce("directoryAudits", 5, {});
    await run(["pull", "-c", config]);
    site.emulator.faults.clear();
    const { code, found } = await examine(config);
    expect(results(found).slice(3)).toEqual([
      "directory_audits: gaps",
      "signIns: ok",
      "secure_scores: graph-refused",
    ]);
    expect(found[3]?.detail).toMatch(
      /^can be read.*could not be read, the oldest from .*page-link-loop.*graphtap gaps/,
    );
    expect(code).toBe(1);
  });

  it("measures the host's clock by Graph's", async () => {
    const late = { now: () => Date.now() - 600_000, sleep: () => Promise.resolve() };
    const site = await openSite({ clock: late });
    const { code, found } = await examine(site.write([contoso("alerts_v2")]));
    expect(found[2]).toMatchObject({ check: "clock", result: "clock-wrong" });
    expect(found[2]?.detail).toMatch(/^(599|600|601) s ahead of Graph's; synchronise it/);
    expect(code).toBe(1);
  });

  it("goes on with the next input, and looks at what the options choose", async () => {
    const site = await openSite({ tenants: [FABRIKAM] });
    const other = { name: "fabrikam", id: "2", tenant: FABRIKAM, services: { signIns: {}, alerts_v2: {} } };
    const config = site.write([contoso("signIns"), other]);
    const { code, found } = await examine(config);
    expect(found.map(({ input, check, result }) => `${input} ${check} ${result}`)).toEqual([
      "contoso token token-refused",
      "contoso credential token-refused",
      "fabrikam token ok",
      "fabrikam credential ok",
      "fabrikam clock ok",
      "fabrikam signIns ok",
      "fabrikam alerts_v2 ok",
    ]);
    expect(code).toBe(3);
    const one = await examine(config, "--input", "fabrikam", "--service", "alerts_v2");
    expect(results(one.found)).toEqual(["token: ok", "credential: ok", "clock: ok", "alerts_v2: ok"]);
    expect(one.code).toBe(0);
  });

  it("leaves a wrong configuration to its own words", async () => {
    const site = await openSite();
    const ended = await run(["doctor", "-c", site.write([contoso("sigIns")])]);
    expect({ code: ended.code, stdout: ended.stdout.toString() }).toEqual({ code: 2, stdout: "" });
    const stranger = await run(["doctor", "-c", site.write([contoso("signIns")]), "--service", "alerts"]);
    expect(stranger).toMatchObject({ code: 2 });
    expect(stranger.stderr).toMatch(/graphtap doctor --help/);
  });

  it("shows of a certificate its thumbprint and its end, and warns a month before", async () => {
    const from = Date.now() - 86_400_000;
    const [fresh, old] = [400, 20].map((days) =>
      appCertificate({ from, to: from + days * 86_400_000 + 60_000 })
    );
    const certificates = [{ pem: fresh!.pem }, { pem: old!.pem }];
    const site = await openSite({ tenants: [{ ...CONTOSO, certificates }] });
    const file = join(site.folder, "app.pem");
    const credentials = { client_certificate: { file } };
    const config = site.write([{ ...contoso("alerts_v2"), credentials }]);
    for (const [certificate, result, days] of [[fresh, "ok", 399], [old, "ends-soon", 19]] as const) {
      writeFileSync(file, certificate!.pem + certificate!.keyPem, { mode: 0o600 });
      const { code, found } = await examine(config);
      const thumbprint = Buffer.from(certificate!.thumbprints.sha1, "base64url").toString("hex")
        .toUpperCase();
      expect(found[1]).toMatchObject({
        check: "credential",
        result,
        credential: {
          kind: "client_certificate",
          thumbprint,
          valid_until: expect.stringMatching(/^\d{4}-.*Z$/),
        },
      });
      expect(found[1]?.detail).toMatch(
        new RegExp(
          `^client_certificate in .*app\\.pem, thumbprint ${thumbprint}; ends at \\S+Z, in ${days} days$`,
        ),
      );
      expect(code).toBe(0);
    }
  });

  it("shows of a certificate that is not valid yet when it begins", async () => {
    const from = Date.now() + 86_400_000;
    const { pem, keyPem } = appCertificate({ from });
    const site = await openSite({ tenants: [{ ...CONTOSO, certificates: [{ pem }] }] });
    const file = join(site.folder, "app.pem");
    writeFileSync(file, pem + keyPem, { mode: 0o600 });
    const { code, found } = await examine(
      site.write([{ ...contoso("alerts_v2"), credentials: { client_certificate: { file } } }]),
    );
    expect([code, found.map(({ result }) => result)]).toEqual([3, ["token-refused", "token-refused"]]);
    expect(found[0]?.detail).toContain("not registered for client_id, or is not valid now");
    expect(found[1]?.detail).toMatch(/; begins at \S+Z, and is refused before; ends at \S+Z, in 36\d days$/);
  });

  it("shows when a secret ends to an application that may look at itself, in its home tenant", async () => {
    const endsAt = Date.now() + 90 * 86_400_000 + 60_000;
    const { clientSecret, ...app } = CONTOSO;
    const reader = {
      ...app,
      secrets: [{ value: clientSecret, endsAt }],
      permissions: ["SecurityAlert.Read.All", "Application.Read.All"],
    };
    for (
      const [registeredElsewhere, said] of [
        [false, /^client_secret; ends at \S+Z, in 90 days$/],
        [true, /^client_secret; its end is unknown: .*404/],
      ] as const
    ) {
      const site = await openSite({ tenants: [{ ...reader, registeredElsewhere }] });
      const { found } = await examine(site.write([contoso("alerts_v2")]));
      expect(found[1]?.detail).toMatch(said);
    }
  });

  it("names the identity of the host that it asks for, and how to let it read", async () => {
    const identity = {
      tenantId: CONTOSO.tenantId,
      clientId: FABRIKAM.clientId,
      permissions: ["AuditLog.Read.All"],
    };
    const site = await openSite({ managedIdentities: [identity] });
    const config = site.write([{ ...contoso("signIns"), credentials: { managed_identity: true } }]);
    const env = { AZURE_POD_IDENTITY_AUTHORITY_HOST: site.url };
    const { stdout } = await run(["doctor", "-c", config, "--json"], { env });
    const [token, credential] = JSON.parse(stdout.toString()) as Found[];
    expect(token?.detail).toMatch(
      /^application c4a19e37-\S+, granted AuditLog\.Read\.All; .*; missing: Directory\.Read\.All: assign them as app roles/,
    );
    expect(token?.consent_url).toBeUndefined();
    expect(credential?.detail).toBe(
      "managed_identity of this host by the instance metadata service; Azure renews it",
    );
  });

  it("leads to the consent for what is missing, at the login service of the tenant's cloud", async () => {
    const tenants = [{ ...CONTOSO, permissions: ["AuditLog.Read.All"] }];
    const site = await openSite({ tenants });
    const [token] = (await examine(site.write([contoso("signIns", "alerts_v2")]))).found;
    const url =
      `https://login.microsoftonline.com/${CONTOSO.tenantId}/adminconsent?client_id=${CONTOSO.clientId}`;
    expect(token).toMatchObject({
      missing_permissions: ["Directory.Read.All", "SecurityAlert.Read.All"],
      consent_url: url,
      detail: expect.stringMatching(
        /; missing: Directory\.Read\.All, SecurityAlert\.Read\.All: add them under API/,
      ),
    });
    expect(token?.detail).toContain(url);
  });

  it("leads a tenant that the application is not in to its consent", async () => {
    const site = await openSite({ tenants: [{ ...CONTOSO, principal: "missing" }] });
    const [token] = (await examine(site.write([contoso("signIns")]))).found;
    expect(token?.detail).toMatch(
      /AADSTS7000229; .*is let in by: https:\/\/login\.microsoftonline\.com\/\S+$/,
    );
  });
});
