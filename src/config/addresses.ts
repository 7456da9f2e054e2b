/**
 * Where the requests of an input go. In 2.x an input says it once; in the 1.x line each service did so for itself, and
 * still does: what all of them say alike is the input's, anything else is the service's own.
 */
import type { Addresses, Globals } from "./config.ts";
import { graphAddressRemark, loginAddressRemark, readEndpoint } from "./endpoint.ts";
import { type InputSetting, type Lifted, liftLegacyKeys, remarkLegacyKeys } from "./legacy.ts";
import { keyOf, type Report, shownValue } from "./document/problems.ts";
import type { CheckedService } from "./service.ts";

/** Settings as they stand in the file, and where. */
export type Settings = Readonly<Partial<Record<InputSetting, Lifted>>>;

/** What addresses follow from. */
export interface AddressParts {
  /** What the input says itself. */
  readonly own: Settings;
  /** Those of its services that run. */
  readonly services: readonly CheckedService[];
  /** `AZURE_AUTHORITY_HOST`, where Azure's variables are the credentials. */
  readonly authority: Lifted | null;
}

/** Where an input's requests go, and those of services that say otherwise. */
export interface InputAddresses {
  readonly ofInput: Addresses;
  readonly ofServices: ReadonlyMap<CheckedService, Addresses>;
}

/** The addresses of an input and of its services. What is wrong with one is told once. */
export function addressesOf(
  { own, services, authority }: AddressParts,
  { allowInsecureUrls }: Globals,
  heard: Report,
): InputAddresses {
  const report = once(heard);
  for (const service of services) remarkLegacyKeys(service.block.values, service.path, report);
  const lifted = services.map((service) => settingsOf(liftLegacyKeys(service.block.values, service.path)));
  for (const settings of lifted) {
    for (const { setting, path } of Object.values(settings)) {
      const winner = own[setting];
      if (winner !== undefined) report("warning", path, `ignored, as ${keyOf(winner.path)} is given`);
    }
  }
  const ofInput = { ...settingsOf(sharedBy(lifted)), ...own };
  const judge = (settings: Settings) => judged(settings, authority, allowInsecureUrls, report);
  const ofServices = services.flatMap((service, index) => {
    const others = Object.values(lifted[index]!).filter(({ setting }) => ofInput[setting] === undefined);
    return others.length === 0 ? [] : [[service, judge({ ...ofInput, ...settingsOf(others) })] as const];
  });
  return { ofInput: judge(ofInput), ofServices: new Map(ofServices) };
}

export function settingsOf(lifted: readonly Lifted[]): Settings {
  return Object.fromEntries(lifted.map((one) => [one.setting, one]));
}

/** What all services say alike, as the first of them says it. */
function sharedBy([first = {}, ...others]: readonly Settings[]): Lifted[] {
  return Object.values(first).filter(({ setting, value }) =>
    others.every((other) => other[setting]?.value === value)
  );
}

function judged(settings: Settings, authority: Lifted | null, insecure: boolean, report: Report): Addresses {
  const base = settings.override_base_url;
  const login = settings.override_login_url ?? authority;
  const scope = settings.override_scope_value;
  const baseUrl = base ? endpointOf(base, insecure, graphAddressRemark, report) : null;
  const loginUrl = login ? endpointOf(login, insecure, loginAddressRemark, report) : null;
  // The variable names the login service of a cloud, and Graph is in the same one.
  const domain = settings.override_top_level_domain?.value ??
    (/\.us\/?$/.test(authority?.value ?? "") ? "us" : "com");
  if (scope && !scope.value.endsWith("/.default")) {
    const message = `found ${shownValue(scope.value)}, expected a scope that ends in /.default, such as ` +
      "https://graph.microsoft.com/.default: an application gets a token for no other";
    report("warning", scope.path, message);
  }
  if (base && /\.us$/.test(hostOf(baseUrl)) && loginUrl === null && domain !== "us") {
    const message = "this is Graph of GCC High, but the login is that of the worldwide cloud; " +
      "set override_top_level_domain: us";
    report("warning", base.path, message);
  }
  return { topLevelDomain: domain === "us" ? "us" : "com", baseUrl, loginUrl, scope: scope?.value ?? null };
}

function hostOf(url: string | null): string {
  return url === null ? "" : new URL(url).hostname;
}

function endpointOf(
  { value, path }: Lifted,
  insecure: boolean,
  remarkOf: (url: string) => string | null,
  report: Report,
): string | null {
  const result = readEndpoint(value, insecure);
  const expected = "url" in result ? remarkOf(result.url) : result.expected;
  if ("url" in result && expected === null) return result.url;
  // An address may hold a password, so it is not shown when it is wrong in that way.
  const found = value.includes("@") ? "found an address" : `found ${shownValue(value)}`;
  report("error", path, `${found}, expected ${expected}`);
  return null;
}

/** `report`, which hears each problem once: a setting may hold for an input and for some of its services. */
function once(report: Report): Report {
  const said = new Set<string>();
  return (severity, path, message, ...rest) => {
    const key = `${keyOf(path)} ${message}`;
    if (said.has(key)) return;
    said.add(key);
    report(severity, path, message, ...rest);
  };
}
