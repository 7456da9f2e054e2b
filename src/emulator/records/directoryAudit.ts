import type { Random } from "../random.ts";
import { array, object, scalar, scalars, ticks, time } from "./json.ts";
import type { Recipe } from "./recipe.ts";

/** One kind of audited activity. */
interface Activity {
  readonly prefix: string;
  readonly service: string;
  readonly category: string;
  readonly name: string;
  readonly operation: string;
  readonly target: "User" | "Group" | "Device" | "N/A";
}

const CORE = { prefix: "Directory", service: "Core Directory" } as const;

const ACTIVITIES: readonly Activity[] = [
  { ...CORE, category: "UserManagement", name: "Update user", operation: "Update", target: "User" },
  { ...CORE, category: "GroupManagement", name: "Add member to group", operation: "Assign", target: "Group" },
  { ...CORE, category: "Device", name: "Update device", operation: "Update", target: "Device" },
  {
    prefix: "SSGM",
    service: "Self-service Group Management",
    category: "GroupManagement",
    name: "GroupLifecyclePolicies_Get",
    operation: "Update",
    target: "N/A",
  },
  {
    prefix: "Device Registration Service",
    service: "Device Registration Service",
    category: "Device",
    name: "Register device",
    operation: "Add",
    target: "Device",
  },
];

/** A directoryAudit. Its id is no GUID, and several records share the GUID inside it. */
export function makeDirectoryAudit(recipe: Recipe): string {
  const { random, n, at, room } = recipe;
  const activity = ACTIVITIES[n % ACTIVITIES.length] as Activity;
  const correlationId = random.fork(`correlation/${Math.floor(n / 3)}`).guid();
  return object([
    ...scalars({
      id: `${activity.prefix}_${correlationId}_${random.code(5)}_${random.digits(random.int(7, 9))}`,
      category: activity.category,
      correlationId,
      result: n % 12 === 11 ? "failure" : "success",
      resultReason: n % 4 === 0 ? "" : n % 4 === 1 ? null : "OK",
      activityDisplayName: activity.name,
    }),
    ["activityDateTime", time(ticks(at, random, room))],
    ...scalars({ loggedByService: activity.service, operationType: activity.operation }),
    ...(n % 2 === 0 ? scalars({ userAgent: null }) : []),
    ["initiatedBy", n % 3 === 2 ? byApp(recipe) : byUser(recipe)],
    ["targetResources", array([target(recipe, activity)])],
    ["additionalDetails", n % 2 === 0 ? '[{"key":"UserType","value":"Member"}]' : "[]"],
  ]);
}

function byUser({ random, cast, n }: Recipe): string {
  const person = random.pick(cast.people);
  return object([
    [
      "user",
      object(scalars({
        id: person.id,
        displayName: n % 2 === 0 ? null : person.name,
        userPrincipalName: person.upn,
        ipAddress: n % 4 === 0 ? "" : person.address,
        userType: null,
        homeTenantId: null,
        homeTenantName: null,
      })),
    ],
    ["app", "null"],
  ]);
}

function byApp({ random, cast }: Recipe): string {
  const app = random.pick(cast.apps);
  const values = {
    appId: null,
    displayName: app.name,
    servicePrincipalId: app.id,
    servicePrincipalName: null,
  };
  return object([["user", "null"], ["app", object(scalars(values))]]);
}

function target({ random, cast, n }: Recipe, activity: Activity): string {
  const person = random.pick(cast.people);
  const group = random.pick(cast.groups);
  const device = random.pick(cast.devices);
  const named = {
    // A typographic apostrophe, raw: three bytes where one might expect one.
    "Device": { id: device.id, name: `${person.name.split(" ")[0]}’s MacBook Pro` },
    "Group": { id: group.id, name: group.name },
    "User": { id: person.id, name: person.name },
    "N/A": { id: "00000000-0000-0000-0000-000000000000", name: null },
  }[activity.target];
  return object([
    ...scalars({
      id: named.id,
      displayName: n % 5 === 0 ? null : named.name,
      type: activity.target,
      userPrincipalName: activity.target === "User" ? person.upn : null,
      groupType: activity.target === "Group" ? "unifiedGroups" : null,
    }),
    ["modifiedProperties", activity.target === "N/A" ? "[]" : array(changes(random, n, device.name))],
  ]);
}

/** Old and new values are JSON written into strings; either may be null. */
function changes(random: Random, n: number, device: string): string[] {
  const change = (displayName: string, oldValue: unknown, newValue: unknown) =>
    object([
      ["displayName", scalar(displayName)],
      ["oldValue", oldValue === undefined ? "null" : scalar(JSON.stringify(oldValue))],
      ["newValue", newValue === undefined ? "null" : scalar(JSON.stringify(newValue))],
    ]);
  const devices = [{ DeviceName: device, Id: random.guid(), Tags: ["a\\b", "c/d"] }];
  return [
    change("StrongAuthenticationMethod", [{ MethodType: 6, Default: true }], [{
      MethodType: 7,
      Default: n % 2 === 0,
    }]),
    change("AccountEnabled", undefined, [true]),
    ...(n % 4 === 2 ? [change("StrongAuthenticationPhoneAppDetail", devices, [...devices, ...devices])] : []),
    change("TargetId.UserType", undefined, "Member"),
  ];
}
