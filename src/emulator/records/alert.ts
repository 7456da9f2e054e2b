import { addSeconds, floorSecond, formatInstant, type Instant } from "../../instant.ts";
import type { Random } from "../random.ts";
import { type Member, object, scalar, scalars, texts, ticks, time } from "./json.ts";
import { type Provider, PROVIDERS } from "./providers.ts";
import type { Recipe } from "./recipe.ts";

/** A legacy alert: some 40 members, most of them null or empty. */
export function makeAlert({ random, cast, n, at, room }: Recipe): string {
  const provider = PROVIDERS[n % PROVIDERS.length] as Provider;
  const modifiedAt = ticks(at, random, room);
  const createdAt = addSeconds(modifiedAt, -random.int(1, 60));
  const person = random.pick(cast.people);
  const user: Member[] = provider.provider === "IPC" || provider.provider === "MCAS"
    ? [["userStates", `[${userState(person, createdAt)}]`]]
    : [["userStates", "[]"]];
  return object([
    ...scalars({
      id: provider.id(random),
      azureTenantId: cast.tenantId,
      azureSubscriptionId: provider.provider === "ASC" ? random.guid() : null,
      riskScore: null,
    }),
    ["tags", "[]"],
    ...scalars({
      activityGroupName: null,
      assignedTo: null,
      category: `${provider.provider}_${n % 7}`,
      closedDateTime: null,
    }),
    ["comments", n % 6 === 5 ? texts(["New alert"]) : "[]"],
    ["confidence", "null"],
    ["createdDateTime", time(provider.provider === "MCAS" ? floorSecond(createdAt) : createdAt)],
    ["description", description(provider, person.upn)],
    ["detectionIds", "[]"],
    ["eventDateTime", time(eventTime(provider, createdAt, n))],
    ["feedback", "null"],
    ["incidentIds", "[]"],
    ["lastEventDateTime", "null"],
    ["lastModifiedDateTime", time(modifiedAt)],
    [
      "recommendedActions",
      provider.provider === "ASC"
        ? texts(["• Limit access to the account.• Rotate its keys: https://learn.example/keys."])
        : "[]",
    ],
    ...scalars({ severity: random.pick(["low", "medium", "high"]) }),
    ["sourceMaterials", texts([`https://portal.example/#/alerts/${n}?id=eq(${n},)`])],
    ...scalars({ status: "newAlert", title: provider.title }),
    ...(provider.provider === "ASC" ? [["CustomProperties", customProperties(random)] satisfies Member] : []),
    [
      "vendorInformation",
      object(scalars({
        provider: provider.provider,
        providerVersion: null,
        subProvider: provider.subProvider,
        vendor: "Microsoft",
      })),
    ],
    ...EMPTY.map((key): Member => [key, "[]"]),
    [
      "hostStates",
      provider.provider === "Microsoft Defender ATP"
        ? `[${hostState(cast.devices[n % cast.devices.length]?.name ?? "")}]`
        : "[]",
    ],
    ...user,
    ["uriClickSecurityStates", "[]"],
    ["vulnerabilityStates", "[]"],
  ]);
}

const EMPTY = [
  "alertDetections",
  "cloudAppStates",
  "fileStates",
  "historyStates",
  "investigationSecurityStates",
  "malwareStates",
  "messageSecurityStates",
  "networkConnections",
  "processes",
  "registryKeyStates",
  "securityResources",
  "triggers",
];

/** The event lies before the alert by seconds or by days, with a fraction of none, two, three or seven digits. */
function eventTime(provider: Provider, createdAt: Instant, n: number): Instant {
  const event = addSeconds(createdAt, -provider.delay);
  const grain = [1e9, 1e7, 1e6, 100][n % 4] ?? 100;
  return { seconds: event.seconds, nanos: Math.floor(event.nanos / grain) * grain };
}

function description(provider: Provider, upn: string): string {
  if (provider.provider !== "Azure Sentinel") {
    return scalar(`${provider.title}: "${upn}" (\\Device\\Harddisk1).`);
  }
  return scalar(
    "Finds user agents that were not seen before.\nWords are taken out of them, not whole strings.\n\tMay be benign.",
  );
}

/** JSON in a string in an array in a string. */
function customProperties(random: Random): string {
  const link = JSON.stringify({ kind: "Link", value: "https://learn.example/analytics" }).replaceAll(
    "/",
    "\\/",
  );
  const inner = JSON.stringify({
    "Alert Id": random.guid(),
    "User agent": "Storage-Client/9.3",
    "Investigation steps": link,
    "Potential causes": "Seen from a new address.\\• A new device.\\• A visitor.",
  });
  return scalar(JSON.stringify([inner, JSON.stringify("InitialAccess")]));
}

function userState(person: { id: string; upn: string; address: string }, at: Instant): string {
  return object(scalars({
    aadUserId: person.id,
    accountName: person.upn.split("@")[0] ?? "",
    domainName: person.upn.split("@")[1] ?? "",
    emailRole: "unknown",
    isVpn: null,
    logonDateTime: formatInstant(at),
    logonId: null,
    logonIp: person.address,
    logonLocation: "Zürich, Zürich, CH",
    logonType: null,
    onPremisesSecurityIdentifier: null,
    riskScore: null,
    userAccountType: null,
    userPrincipalName: person.upn,
  }));
}

function hostState(name: string): string {
  return object(scalars({
    fqdn: name,
    isAzureAdJoined: true,
    isAzureAdRegistered: null,
    isHybridAzureDomainJoined: null,
    netBiosName: null,
    os: "Windows10",
    privateIpAddress: "192.0.2.17",
    publicIpAddress: "203.0.113.9",
    riskScore: "High",
  }));
}
