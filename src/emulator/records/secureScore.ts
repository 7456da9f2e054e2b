import { addSeconds, formatInstant, type Instant } from "../../instant.ts";
import type { Random } from "../random.ts";
import { controlOf } from "./controls.ts";
import { array, object, scalar, scalars, texts } from "./json.ts";
import type { Recipe } from "./recipe.ts";

const DAY = 86_400;

/**
 * The secure score of one day: the day of `at`, or the nearest free one before it, since a tenant has one a day.
 * About 50 KB, with 68 controls; every sixth is a small one with whole numbers written as `387.0`.
 */
export function makeSecureScore({ random, cast, n, at, taken }: Recipe): string {
  let day: Instant = { seconds: Math.floor(at.seconds / DAY) * DAY, nanos: 0 };
  while (taken(idOf(cast.tenantId, day))) day = addSeconds(day, -DAY);
  const small = n % 6 === 5;
  const midnight = formatInstant(day);
  return object([
    ...scalars({
      id: idOf(cast.tenantId, day),
      azureTenantId: cast.tenantId,
      activeUserCount: random.int(1, 500),
    }),
    ["createdDateTime", scalar(midnight)],
    ["currentScore", small ? "387.0" : String(random.int(90, 260))],
    ["enabledServices", texts(["HasOCAS", "HasMDOP2", "HasEXOP2", "HasSPOP2", "HasAADFree"])],
    ["licensedUserCount", small ? "100" : "0"],
    ["maxScore", small ? "697.0" : "274"],
    [
      "vendorInformation",
      '{"provider":"SecureScore","providerVersion":null,"subProvider":null,"vendor":"Microsoft"}',
    ],
    ["averageComparativeScores", comparisons(random)],
    [
      "controlScores",
      array(Array.from({ length: small ? 2 : 68 }, (_, index) => controlScore(random, index, midnight))),
    ],
  ]);
}

function idOf(tenantId: string, day: Instant): string {
  return `${tenantId}_${formatInstant(day).slice(0, 10)}`;
}

/** Two spellings of the range of seats are about: this one is what comes over the wire. */
function comparisons(random: Random): string {
  return array([
    object([["basis", '"AllTenants"'], ["averageScore", "54.65"], ["appsScore", "29.65"], [
      "identityScoreMax",
      "59.42",
    ], [
      "infrastructureScore",
      "0",
    ]]),
    object([
      ["basis", '"TotalSeats"'],
      ["averageScore", `48.${random.digits(15)}`],
      ["SeatSizeRangeLowerValue", '"1"'],
      ["SeatSizeRangeUpperValue", '"100"'],
    ]),
  ]);
}

/** Members differ from control to control; some numbers are texts. */
function controlScore(random: Random, index: number, midnight: string): string {
  const control = controlOf(index);
  const achieved = index % 3 === 0;
  return object([
    ...scalars({ controlCategory: control.category, controlName: control.name }),
    ["description", description(control.title, index)],
    ["score", achieved ? "5.0" : "0"],
    ["lastSynced", scalar(midnight.replace("T00:00:00Z", `T${random.int(10, 23)}:05:09Z`))],
    ...scalars({
      implementationStatus: index % 4 === 0 ? "" : `You currently have ${index} of them.`,
      ...(index % 2 === 0 ? { on: String(achieved) } : { count: String(index), total: "250" }),
    }),
    ["scoreInPercentage", achieved ? "100" : index % 5 === 0 ? "33.329999999999998" : "0"],
  ]);
}

/** Marked-up text, with the tabs and line ends of the file it was once written in. */
function description(title: string, index: number): string {
  const sentences = [
    `\n\t\t\t${title}. The setting lowers the chance that one stolen password opens the whole house.`,
    "<br/>\n            Whoever is affected sees it at the next sign-in, on each of their devices, and needs no help in most cases.",
    "\n\t\t\t<p>People who travel may be asked more often; the service desk should know before the day comes.</p>",
    "<i>Numbers are worked out once a day — what you change today is seen tomorrow.</i>\n\t\t",
  ];
  return scalar(sentences.slice(0, 3 + index % 2).join("").repeat(index % 4 === 3 ? 2 : 1));
}
