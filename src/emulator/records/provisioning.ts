import { floorSecond } from "../../instant.ts";
import { array, type Member, object, scalar, scalars, time } from "./json.ts";
import type { Recipe } from "./recipe.ts";

/** A provisioningObjectSummary, in either of the two generations of names that are about. */
export function makeProvisioning({ random, cast, n, at }: Recipe): string {
  const person = random.pick(cast.people);
  const failed = n % 5 === 3;
  const old = n % 3 === 2;
  const target = SYSTEMS[n % SYSTEMS.length] as string;
  const targetId = random.guid();
  return object([
    ...scalars({ id: random.guid() }),
    ["activityDateTime", time(floorSecond(at))],
    ...scalars({
      tenantId: cast.tenantId,
      jobId: `${target.replaceAll(" ", "")}OutDelta.${cast.tenantId.replaceAll("-", "")}.${
        random.fork("job").guid()
      }`,
      cycleId: random.fork(`cycle/${Math.floor(n / 20)}`).guid(),
      changeId: random.guid(),
    }),
    old ? ["action", '"EntryExportUpdate"'] : ["provisioningAction", scalar(failed ? "create" : "update")],
    ["durationInMilliseconds", scalar(random.int(300, 9000))],
    [old ? "statusInfo" : "provisioningStatusInfo", statusInfo(failed, target)],
    ["provisioningSteps", array(steps(person.name, target, failed))],
    ["modifiedProperties", array(modified(person.upn, targetId))],
    ["servicePrincipal", object(scalars({ id: random.guid(), displayName: target }))],
    ["sourceSystem", system(random.guid(), "Microsoft Entra ID", [])],
    ["targetSystem", system(random.guid(), target, [["ApplicationId", scalar(random.guid())]])],
    [
      "initiatedBy",
      object(scalars({
        id: "",
        displayName: "Azure AD Provisioning Service",
        [old ? "initiatingType" : "initiatorType"]: "system",
      })),
    ],
    ["sourceIdentity", identity(person.id, person.name)],
    // Ids of other systems are whatever those systems like.
    [
      "targetIdentity",
      identity(failed ? "" : n % 4 === 0 ? `u${random.code(13).toLowerCase()}` : targetId, ""),
    ],
  ]);
}

const SYSTEMS = ["Fabrikam HR", "Northwind CRM", "Tailspin Desk"];

function system(id: string, displayName: string, details: Member[]): string {
  return object([...scalars({ id, displayName }), ["details", object(details)]]);
}

function identity(id: string, displayName: string): string {
  return object([...scalars({ id, displayName, identityType: "User" }), ["details", "{}"]]);
}

function statusInfo(failed: boolean, target: string): string {
  if (!failed) return '{"status":"success","errorInformation":null}';
  const reason = `Message: ${target} returned an error response with the HTTP status code 409. ` +
    "An entry with the same name exists already; remove it there, or take this user out of the scope of provisioning. " +
    `Response: {"errors":["conflict"],"retry":false}`;
  const error = object(scalars({
    errorCode: "EntryConflict",
    reason,
    additionalDetails: null,
    errorCategory: "nonServiceFailure",
    recommendedAction: null,
  }));
  return object([["status", '"failure"'], ["errorInformation", error]]);
}

function steps(name: string, target: string, failed: boolean): string[] {
  const step = (values: Record<string, string>) => object([...scalars(values), ["details", "{}"]]);
  return [
    step({
      name: "EntryImportAdd",
      provisioningStepType: "import",
      status: "success",
      description: `Received User '${name}' change of type (Add) from Microsoft Entra ID`,
    }),
    step({
      name: "EntrySynchronizationAdd",
      provisioningStepType: "matching",
      status: "success",
      description:
        `User '${name}' will be written to ${target} (the user is active and assigned, and one match was found)`,
    }),
    step({
      name: "EntryExportUpdate",
      provisioningStepType: "export",
      status: failed ? "failure" : "success",
      description: failed
        ? `Failed to write User '${name}' to ${target}`
        : `User '${name}' was written to ${target}`,
    }),
  ];
}

function modified(upn: string, objectId: string): string[] {
  const change = (displayName: string, oldValue: string | null, newValue: string | null) =>
    object(scalars({ displayName, oldValue, newValue }));
  return [
    change("objectId", null, objectId),
    change("userName", upn.replace("@", ".old@"), upn),
    change("active", null, "True"),
    change('emails[type eq "work"].value', null, upn),
    change("roles", "", "reader,writer, auditor"),
  ];
}
