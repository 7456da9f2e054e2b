import type { Random } from "../random.ts";

/** A user of a tenant. */
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly upn: string;
  readonly address: string;
}

/** An application, its resource or its host. */
export interface Named {
  readonly id: string;
  readonly name: string;
}

/** A city with its coordinates as texts, since some do not survive as numbers. */
export interface City {
  readonly name: string;
  readonly state: string;
  readonly country: string;
  readonly latitude: string;
  readonly longitude: string;
}

/** Everybody and everything that the records of one tenant speak of. */
export interface Cast {
  readonly tenantId: string;
  readonly domain: string;
  readonly people: readonly Person[];
  readonly apps: readonly Named[];
  readonly resources: readonly Named[];
  readonly groups: readonly Named[];
  readonly devices: readonly Named[];
  readonly cities: readonly City[];
}

const DOMAINS = [
  "contoso.example",
  "fabrikam.example",
  "adatum.example",
  "northwind.example",
  "tailspin.example",
];
const FIRST = [
  "Amara",
  "Björn",
  "Chloé",
  "Dmitri",
  "Elif",
  "Femi",
  "Grace",
  "Hana",
  "Iñaki",
  "Jun",
  "Kateřina",
  "Luis",
];
const LAST = [
  "Adeyemi",
  "Brandt",
  "Castillo",
  "Dvořák",
  "Eriksen",
  "Fontaine",
  "Grant",
  "Hoshino",
  "Ivanova",
  "O’Neil",
];
const APPS = [
  "Azure Portal",
  "Office 365 Exchange Online",
  "Payroll (test)",
  "Graph Explorer",
  "One Outlook Web",
  "HR-Onboarding",
];
const RESOURCES = ["Microsoft Graph", "Windows Azure Service Management API", "Office 365 SharePoint Online"];
const GROUPS = ["Finance", "Self-service pilot", "Tier-0 admins", "Vertrieb Süd", "All employees"];
const CITIES: readonly City[] = [
  {
    name: "Redmond",
    state: "Washington",
    country: "US",
    latitude: "47.68050003051758",
    longitude: "-122.12094116210938",
  },
  { name: "Atlanta", state: "Georgia", country: "US", latitude: "33.748", longitude: "-84.445358276367188" },
  { name: "São Paulo", state: "São Paulo", country: "BR", latitude: "-23.62920", longitude: "-46.63470" },
  { name: "Zürich", state: "Zürich", country: "CH", latitude: "47.37", longitude: "8.55" },
  { name: "Oslo", state: "Oslo", country: "NO", latitude: "59.955", longitude: "10.859" },
  { name: "東京", state: "Tokyo", country: "JP", latitude: "35.689506530761719", longitude: "139.69170" },
];

/** Invents a tenant's people and things. */
export function createCast(random: Random, tenantId: string): Cast {
  const domain = random.pick(DOMAINS);
  const named = (names: readonly string[]) => names.map((name) => ({ id: random.guid(), name }));
  return {
    tenantId,
    domain,
    people: Array.from({ length: 24 }, (_, index) => person(random, domain, index)),
    apps: named(APPS),
    resources: named(RESOURCES),
    groups: named(GROUPS),
    devices: Array.from(
      { length: 12 },
      () => ({ id: random.guid(), name: `desktop-${random.code(7).toLowerCase()}` }),
    ),
    cities: CITIES,
  };
}

function person(random: Random, domain: string, index: number): Person {
  const first = random.pick(FIRST);
  const last = random.pick(LAST);
  const plain = `${first}.${last}`.normalize("NFD").replace(/[^A-Za-z.]/g, "").toLowerCase();
  return {
    id: random.guid(),
    name: `${first} ${last}`,
    upn: `${plain}${index}@${domain}`,
    address: address(random),
  };
}

/** An address from the ranges that RFC 5737 and RFC 3849 keep for examples. */
export function address(random: Random): string {
  if (random.chance(1 / 4)) return `2001:db8:${random.hex(4)}:${random.hex(3)}::${random.hex(4)}`;
  return `${random.pick(["192.0.2", "198.51.100", "203.0.113"])}.${random.int(1, 254)}`;
}
