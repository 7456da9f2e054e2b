import type { Instant } from "../../instant.ts";
import type { Random } from "../random.ts";
import { type Member, object, scalars, texts, time } from "./json.ts";
import type { Recipe } from "./recipe.ts";

/** One of eight of the some fifty types of evidence; `which` chooses. */
export function makeEvidence(recipe: Recipe, createdAt: Instant, which: number): string {
  const makers = [device, file, process, user, ip, registryKey, mailbox, message];
  const make = makers[which % makers.length] as (recipe: Recipe, at: Instant) => [string, Member[]];
  const [type, members] = make(recipe, createdAt);
  return object([
    ...scalars({ "@odata.type": `#microsoft.graph.security.${type}` }),
    ["createdDateTime", time(createdAt)],
    ...scalars({ verdict: "suspicious", remediationStatus: "none", remediationStatusDetails: null }),
    ["roles", "[]"],
    ["detailedRoles", "[]"],
    ["tags", "[]"],
    ...members,
  ]);
}

function device({ random, cast, n }: Recipe, at: Instant): [string, Member[]] {
  const { id, name } = random.pick(cast.devices);
  const interfaces = Array.from(
    { length: n % 8 === 0 ? 20 : 2 },
    () => `fe80:1c::433:${random.hex(4)}:${random.hex(4)}`,
  );
  return ["deviceEvidence", [
    ["firstSeenDateTime", time(at)],
    ...scalars({
      mdeDeviceId: random.hex(40),
      azureAdDeviceId: n % 2 === 0 ? id : null,
      deviceDnsName: `${name}.${cast.domain}`,
      // The same host in another case.
      hostName: n % 2 === 0 ? name.toUpperCase() : name,
      ntDomain: null,
      dnsDomain: cast.domain,
      osPlatform: n % 5 === 0 ? "macOS" : "Windows11",
      osBuild: n % 5 === 0 ? null : 26100,
      version: "24H2",
      healthStatus: "active",
      riskScore: "medium",
      rbacGroupId: 75,
      rbacGroupName: "UnassignedGroup",
      onboardingStatus: "onboarded",
      defenderAvStatus: "updated",
      lastExternalIpAddress: "203.0.113.77",
      lastInternalIpAddress: "192.0.2.33",
    }),
    ["ipInterfaces", texts(interfaces)],
    [
      "loggedOnUsers",
      object(scalars({ accountName: "svc", domainName: cast.domain })).replace(/^.*$/, "[$&]"),
    ],
    ["vmMetadata", "null"],
  ]];
}

function fileDetails(random: Random, fileName: string): string {
  return object(scalars({
    sha1: random.hex(40),
    sha256: random.hex(64),
    md5: null,
    fileName,
    filePath: "C:\\Program Files\\Näive Tools",
    fileSize: random.int(1_000, 9_000_000),
    filePublisher: "Contoso",
    signer: null,
    issuer: null,
  }));
}

function file({ random }: Recipe): [string, Member[]] {
  return ["fileEvidence", [
    ...scalars({ detectionStatus: "detected", mdeDeviceId: random.hex(40) }),
    ["fileDetails", fileDetails(random, "setup.exe")],
  ]];
}

function process({ random, cast }: Recipe, at: Instant): [string, Member[]] {
  return ["processEvidence", [
    ...scalars({
      processId: random.int(100, 65_000),
      parentProcessId: 668,
      processCommandLine: `"setup.exe" /quiet /log:"C:\\Temp\\${
        random.hex(24)
      }.log" --note='it''s' {"retry":[1,2]}`,
    }),
    ["processCreationDateTime", time(at)],
    ["parentProcessCreationDateTime", time({ seconds: at.seconds - 60, nanos: 70_000_000 })],
    ...scalars({ detectionStatus: "detected", mdeDeviceId: random.hex(40) }),
    ["imageFile", fileDetails(random, "setup.exe")],
    ["parentProcessImageFile", fileDetails(random, "services.exe")],
    ["userAccount", account("SYSTEM", "NT AUTHORITY", null, random.pick(cast.devices).name)],
  ]];
}

function user({ random, cast }: Recipe): [string, Member[]] {
  const person = random.pick(cast.people);
  return ["userEvidence", [["stream", "null"], [
    "userAccount",
    account(person.upn.split("@")[0] ?? "", cast.domain, person.upn, person.name),
  ]]];
}

function account(
  accountName: string,
  domainName: string,
  userPrincipalName: string | null,
  displayName: string,
): string {
  return object([
    ...scalars({
      accountName,
      domainName,
      userSid: "S-1-5-18",
      azureAdUserId: null,
      userPrincipalName,
      displayName,
      activeDirectoryObjectGuid: null,
    }),
    ["resourceAccessEvents", "[]"],
  ]);
}

function ip({ random }: Recipe): [string, Member[]] {
  return [
    "ipEvidence",
    scalars({
      ipAddress: `2001:db8:${random.hex(4)}::1`,
      countryLetterCode: null,
      stream: null,
      location: null,
    }),
  ];
}

function registryKey(): [string, Member[]] {
  return [
    "registryKeyEvidence",
    scalars({
      registryKey: "SYSTEM\\CONTROLSET001\\SERVICES\\EXAMPLE",
      registryHive: "HKEY_LOCAL_MACHINE",
    }),
  ];
}

function mailbox({ random, cast }: Recipe): [string, Member[]] {
  const person = random.pick(cast.people);
  return ["mailboxEvidence", [
    ...scalars({
      primaryAddress: person.upn,
      displayName: person.name,
      upn: person.upn,
      mailboxConfigurationType: null,
    }),
    ["userAccount", account(person.upn.split("@")[0] ?? "", cast.domain, person.upn, person.name)],
  ]];
}

function message({ random, cast }: Recipe, at: Instant): [string, Member[]] {
  const sender = object(
    scalars({ emailAddress: "news@tailspin.example", displayName: "", domainName: "tailspin.example" }),
  );
  return ["analyzedMessageEvidence", [
    ...scalars({
      networkMessageId: random.guid(),
      internetMessageId: `<${random.hex(16)}@mail.tailspin.example>`,
      subject: "Rechnung Nr. 4711 – bitte prüfen 📎",
      language: "de",
      senderIp: "198.51.100.25",
      recipientEmailAddress: random.pick(cast.people).upn,
      deliveryAction: "deliveredAsSpam",
      attachmentsCount: 0,
      urlCount: 2,
    }),
    ["p1Sender", sender],
    ["p2Sender", sender],
    ["receivedDateTime", time(at)],
    ["threats", "[]"],
    ["urls", texts(["https://tailspin.example/a?b=c&d=%20", "https://tailspin.example/ü"])],
  ]];
}
