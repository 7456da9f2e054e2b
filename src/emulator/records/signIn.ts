import { floorSecond } from "../../instant.ts";
import { address } from "./cast.ts";
import { array, type Member, object, scalar, scalars, texts, time } from "./json.ts";
import type { Recipe } from "./recipe.ts";

/** The four values of `signInEventTypes` that occur. */
export type SignInKind = "interactiveUser" | "nonInteractiveUser" | "servicePrincipal" | "managedIdentity";

const ROUND: readonly SignInKind[] = [
  "interactiveUser",
  "nonInteractiveUser",
  "nonInteractiveUser",
  "servicePrincipal",
  "nonInteractiveUser",
  "interactiveUser",
  "nonInteractiveUser",
  "managedIdentity",
];

/** The kind of the `n`th sign-in: non-interactive ones are the most. */
export function signInKindOf(n: number): SignInKind {
  return ROUND[n % ROUND.length] as SignInKind;
}

/** The 24 members that v1.0 shows. */
export function v1SignIn(recipe: Recipe, kind: SignInKind): string {
  return object(v1Members(recipe, kind));
}

/** The JSON of one member, `null` when it is not among them. */
export function memberOf(members: readonly Member[], key: string): string {
  return members.find(([name]) => name === key)?.[1] ?? "null";
}

/** The members of v1.0, which beta repeats. */
export function v1Members(recipe: Recipe, kind: SignInKind): Member[] {
  const { n, cast, at } = recipe;
  // Both dresses of one sign-in need the same values, so they come from a stream of its own.
  const random = recipe.random.fork(String(n));
  const isUser = kind === "interactiveUser" || kind === "nonInteractiveUser";
  const person = random.pick(cast.people);
  const app = random.pick(cast.apps);
  const resource = random.pick(cast.resources);
  const risky = n % 13 === 0;
  return [
    ["id", scalar(`${random.guid().slice(0, -2)}00`)],
    // Whole seconds since about 2021: many sign-ins share one.
    ["createdDateTime", time(floorSecond(at))],
    ...scalars({
      userDisplayName: isUser ? person.name : null,
      userPrincipalName: isUser ? person.upn : null,
      userId: isUser ? person.id : null,
      appId: app.id,
      appDisplayName: app.name,
      ipAddress: kind === "managedIdentity" ? "" : n % 5 === 0 ? address(random) : person.address,
      clientAppUsed: isUser ? random.pick(["Browser", "Mobile Apps and Desktop clients"]) : "",
      correlationId: random.guid(),
      conditionalAccessStatus: n % 3 === 0 ? "success" : "notApplied",
      isInteractive: kind === "interactiveUser",
      riskDetail: "none",
      riskLevelAggregated: risky ? "medium" : "none",
      riskLevelDuringSignIn: risky ? "medium" : "none",
      riskState: risky ? "atRisk" : "none",
    }),
    ["riskEventTypes", risky ? '["unfamiliarFeatures"]' : "[]"],
    ["riskEventTypes_v2", risky ? '["unfamiliarFeatures"]' : "[]"],
    ["resourceDisplayName", scalar(resource.name)],
    ["resourceId", scalar(resource.id)],
    ["status", status(n)],
    ["deviceDetail", deviceDetail(recipe, isUser)],
    ["location", location(recipe, kind)],
    ["appliedConditionalAccessPolicies", policies(n)],
  ];
}

function status(n: number): string {
  if (n % 6 === 5) {
    // A no-break space, escaped although nothing asks for it.
    return '{"errorCode":50126,"failureReason":"Error validating credentials due to invalid username or password.",' +
      '"additionalDetails":"The credentials were not right. \\u00a0A few of these are to be expected."}';
  }
  return object(scalars({
    errorCode: 0,
    failureReason: n % 4 === 0 ? null : "Other.",
    additionalDetails: n % 2 === 0 ? "MFA requirement satisfied by claim in the token" : null,
  }));
}

function deviceDetail({ n, cast }: Recipe, isUser: boolean): string {
  const device = cast.devices[n % cast.devices.length];
  const known = isUser && n % 2 === 0;
  return object(scalars({
    deviceId: known ? device?.id ?? "" : "",
    displayName: known ? device?.name ?? "" : n % 3 === 0 ? null : "",
    operatingSystem: isUser ? "Windows10" : "",
    browser: isUser ? "Edge 142.0.0" : "",
    isCompliant: known,
    isManaged: known,
    trustType: known ? "Azure AD joined" : "",
  }));
}

function location({ n, cast }: Recipe, kind: SignInKind): string {
  if (kind === "managedIdentity") {
    return '{"city":"","state":"","countryOrRegion":"","geoCoordinates":{"altitude":null,"latitude":0.0,"longitude":0.0}}';
  }
  const city = cast.cities[n % cast.cities.length];
  const coordinates = n % 10 === 7
    ? "{}"
    : `{"altitude":null,"latitude":${city?.latitude},"longitude":${city?.longitude}}`;
  return object([
    ...scalars({ city: city?.name ?? "", state: city?.state ?? "", countryOrRegion: city?.country ?? "" }),
    ["geoCoordinates", coordinates],
  ]);
}

function policies(n: number): string {
  const policy = (id: string, displayName: string, controls: readonly string[], result: string) =>
    object([
      ...scalars({ id, displayName }),
      ["enforcedGrantControls", texts(controls)],
      ["enforcedSessionControls", "[]"],
      ["result", scalar(result)],
    ]);
  return array([
    policy("SecurityDefaults", "Security Defaults", n % 3 === 0 ? ["Mfa"] : [], "success"),
    policy(
      "6f0c3e55-0d0c-4b52-9f6e-3a1d2c4b5e60",
      "Require MFA – everyone",
      ["Mfa"],
      n % 2 === 0 ? "reportOnlySuccess" : "reportOnlyInterrupted",
    ),
  ].slice(0, n % 4 === 3 ? 0 : 2));
}
