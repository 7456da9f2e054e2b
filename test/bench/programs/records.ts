import { Buffer } from "node:buffer";
import { plugins } from "../../../plugins/index.ts";
import { createEmulator } from "../../../src/emulator/emulator.ts";
import { floorSecond, formatInstant, fromMillis } from "../../../src/instant.ts";
import { seededRandom } from "../../support/lateness.ts";
import { type ShapeName, SHAPES } from "../shapes.ts";

/** Different bodies, a page of them: gzip does not look back as far as a second use. Only id and time change then. */
const BODIES = 1000;

/** So that times within records, too, are the same in every run. */
const MADE_AT = fromMillis(1_763_800_000_000);

/** Makes the record with this number, at this time. */
export type RecordMaker = (number: number, timeMs: number) => string;

/** A record that gets another id and another time. */
interface Body {
  readonly beforeId: string;
  readonly beforeTime: string;
  readonly rest: string;
}

/** @param averageBytes @default what the shape says */
export function createRecordMaker(name: ShapeName, averageBytes = SHAPES[name].bytes): RecordMaker {
  const { collection, time, list } = SHAPES[name];
  const random = seededRandom(7);
  const tenant = { tenantId: guidOf(1), clientId: guidOf(2), clientSecret: "not-a-secret" };
  const emulator = createEmulator({ plugins, tenants: [tenant], quotas: "off" });
  const made = emulator.produce(collection, BODIES, { to: MADE_AT }).map((bytes) =>
    Buffer.from(bytes).toString()
  );
  const item = ITEMS[collection]!(random, made);
  const bodies = made.map((record) => {
    const length = averageBytes * (0.7 + 0.6 * random());
    return bodyOf(longer(record, list, item, length), time);
  });
  return (number, timeMs) => {
    const { beforeId, beforeTime, rest } = bodies[number % BODIES]!;
    return `${beforeId}${IDS[collection]!(number)}${beforeTime}${
      timeText(collection, number, timeMs)
    }${rest}`;
  };
}

/** By the collection, as the other two below. */
const IDS: Readonly<Record<string, (number: number) => string>> = {
  signIns: (number) => `${guidOf(number).slice(0, -2)}00`,
  directoryAudits: (number) =>
    `Directory_${guidOf(number)}_${guidOf(-number).slice(0, 5).toUpperCase()}_${number}`,
  alerts_v2: (number) => `da${guidOf(number)}_1`,
};

/** What makes a record longer. @param made all records of the emulator */
const ITEMS: Readonly<Record<string, (random: () => number, made: readonly string[]) => () => string>> = {
  signIns: policies,
  directoryAudits: changes,
  alerts_v2: evidence,
};

/** Whole seconds for sign-ins, as Graph has had them since 2021; seven digits elsewhere. */
function timeText(collection: string, number: number, timeMs: number): string {
  if (collection === "signIns") return formatInstant(floorSecond(fromMillis(timeMs)));
  return `${new Date(timeMs).toISOString().slice(0, -1)}${1000 + number % 9000}Z`;
}

/** As hard to compress as a random one, and the same for the same number. */
function guidOf(number: number): string {
  const random = seededRandom(number * 2 + 1);
  const digits = Array.from({ length: 4 }, () => Math.floor(random() * 2 ** 32).toString(16).padStart(8, "0"))
    .join("");
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-8${digits.slice(17, 20)}-${
    digits.slice(20)
  }`;
}

/** Puts items into the record's list until it is so long. */
function longer(record: string, list: string, item: () => string, length: number): string {
  const start = record.indexOf(`"${list}":[`) + `"${list}":[`.length;
  const isEmpty = record[start] === "]";
  const more: string[] = [];
  for (let left = length - record.length; left > 0;) {
    const next = item();
    // As often a little too long as a little too short.
    if (next.length > left * 2) break;
    more.push(next);
    left -= next.length + 1;
  }
  if (more.length === 0) return record;
  return `${record.slice(0, start)}${more.join(",")}${isEmpty ? "" : ","}${record.slice(start)}`;
}

/** The two texts that change are cut out; nothing else of the record is touched. */
function bodyOf(record: string, time: string): Body {
  const [beforeId, idEnd] = valueOf(record, "id", 0);
  const [beforeTime, timeEnd] = valueOf(record, time, idEnd);
  return {
    beforeId: record.slice(0, beforeId),
    beforeTime: record.slice(idEnd, beforeTime),
    rest: record.slice(timeEnd),
  };
}

/** Where the first text of this name stands, without its quotes. */
function valueOf(record: string, name: string, from: number): [start: number, end: number] {
  const start = record.indexOf(`"${name}":"`, from) + `"${name}":"`.length;
  return [start, record.indexOf('"', start)];
}

/** A busy tenant's other policies, of which a sign-in meets some. */
function policies(random: () => number): () => string {
  const names = Array.from({ length: 400 }, (_, number) => ({ id: guidOf(1000 + number), number }));
  return () => {
    const { id, number } = names[Math.floor(random() * names.length)]!;
    return JSON.stringify({
      id,
      displayName: `CA${100 + number}: MFA outside named locations`,
      enforcedGrantControls: number % 3 === 0 ? ["Block"] : ["Mfa", "RequireCompliantDevice"],
      enforcedSessionControls: [],
      result: random() < 0.7 ? "notApplied" : "reportOnlyInterrupted",
    });
  };
}

/** What changed, as JSON in a text: key material, which gzip can do little with, among names that are all alike. */
function changes(random: () => number): () => string {
  return () => {
    const key = Buffer.from(Array.from({ length: 150 }, () => Math.floor(random() * 256)));
    const value = [{
      KeyIdentifier: guidOf(Math.floor(random() * 2 ** 30)),
      KeyUsage: "Verify",
      DeviceName: 'desktop "front"',
      Thumbprint: key.toString("base64"),
      Path: "C:\\ProgramData\\Keys",
    }];
    return JSON.stringify({ displayName: "KeyDescription", oldValue: "[]", newValue: JSON.stringify(value) });
  };
}

/** That of other alerts. */
function evidence(random: () => number, alerts: readonly string[]): () => string {
  const all = alerts.flatMap((alert) => JSON.parse(alert).evidence).map((one) => JSON.stringify(one));
  return () => all[Math.floor(random() * all.length)]!;
}
