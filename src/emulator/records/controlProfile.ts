import { formatInstant } from "../../instant.ts";
import { controlOf } from "./controls.ts";
import { array, object, scalar, scalars, texts } from "./json.ts";
import type { Recipe } from "./recipe.ts";

/** A secureScoreControlProfile: an inventory entry, whose lastModifiedDateTime is null as it always is. */
export function makeControlProfile({ random, cast, n, at }: Recipe): string {
  const control = controlOf(n);
  return object([
    ...scalars({
      id: control.name,
      azureTenantId: cast.tenantId,
      actionType: "Config",
      actionUrl: `https://security.microsoft.com/settings?tid=${cast.tenantId}`,
      controlCategory: control.category,
      title: control.title,
      deprecated: n % 40 === 39,
      implementationCost: random.pick(["Low", "Moderate", "High"]),
      lastModifiedDateTime: null,
    }),
    ["maxScore", n % 3 === 0 ? "20.0" : String(random.int(1, 10))],
    ["rank", String(n + 1)],
    ["remediation", remediation(control.title, n)],
    ...scalars({
      remediationImpact: n % 5 === 0 ? "Unknown" : "Few people will notice.",
      service: control.service,
    }),
    ["threats", n % 4 === 0 ? "[]" : texts(["Account Breach", "Data Exfiltration"])],
    ...scalars({ tier: n % 2 === 0 ? "Core" : "Advanced", userImpact: "Moderate" }),
    ["complianceInformation", n % 6 === 0 ? COMPLIANCE : "[]"],
    [
      "controlStateUpdates",
      array([
        object(scalars({
          assignedTo: null,
          comment: null,
          state: "Default",
          updatedBy: null,
          updatedDateTime: n % 8 === 0
            ? formatInstant({ seconds: at.seconds - 86_400, nanos: 628_799_000 })
            : null,
        })),
      ]),
    ],
    [
      "vendorInformation",
      '{"provider":"SecureScore","providerVersion":null,"subProvider":null,"vendor":"Microsoft"}',
    ],
  ]);
}

const COMPLIANCE =
  '[{"certificationName":"ISO 27001:2013","certificationControls":[{"name":"A.8.2.1","url":""}]}]';

/** HTML up to some 2,000 characters, with entities, quotes and line ends. */
function remediation(title: string, n: number): string {
  const steps = Array.from(
    { length: 1 + n % 12 },
    (_, index) =>
      `<li>Step ${
        index + 1
      }: open &lsquo;<strong>Settings&rsquo;</strong> and set <a href="https://learn.example/${n}#${index}">this switch</a> to <em>On</em>.</li>`,
  );
  const note = n % 11 === 0 ? "\n<p>Gilt auch für Gäste – siehe §\u00a04.</p>" : "";
  return scalar(`<p>${title}.</p>\n<ol>\n${steps.join("\n")}\n</ol>${note}`);
}
