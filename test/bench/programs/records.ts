import { Buffer } from "node:buffer";
import { plugins } from "../../../plugins/index.ts";
import { createEmulator } from "../../../src/emulator/emulator.ts";
import { formatInstant, fromMillis } from "../../../src/instant.ts";
import { seededRandom } from "../../support/lateness.ts";

/** Different bodies; only id and time change from one use of a body to the next. */
const BODIES = 500;

/** Makes the record with this number, at this time. */
export type RecordMaker = (number: number, timeMs: number) => string;

/** Sign-ins of the emulator, made as long as busy tenants have them by more applied policies. */
export function createRecordMaker(averageBytes: number): RecordMaker {
  const random = seededRandom(7);
  const guid = () =>
    "xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx".replace(/x/g, () => Math.floor(random() * 16).toString(16));
  const tenant = { tenantId: guid(), clientId: guid(), clientSecret: "not-a-secret" };
  const made = createEmulator({ plugins, tenants: [tenant], quotas: "off" }).produce("signIns", BODIES);
  const bodies = made.map((bytes) => {
    const { id: _id, createdDateTime: _time, ...rest } = JSON.parse(Buffer.from(bytes).toString());
    const length = averageBytes * (0.7 + 0.6 * random());
    while (JSON.stringify(rest).length < length - 90) {
      rest.appliedConditionalAccessPolicies.push({
        id: guid(),
        displayName: "Require multifactor authentication for all users outside named locations",
        enforcedGrantControls: random() < 0.5 ? ["Mfa"] : ["Block", "RequireCompliantDevice"],
        enforcedSessionControls: [],
        result: random() < 0.7 ? "notApplied" : "reportOnlyInterrupted",
      });
    }
    return JSON.stringify(rest).slice(1);
  });
  return (number, timeMs) => {
    const id = `66ea54eb-6301-4ee5-be62-${number.toString(16).padStart(12, "0")}`;
    return `{"id":"${id}","createdDateTime":"${formatInstant(fromMillis(timeMs))}",${
      bodies[number % BODIES]
    }`;
  };
}
