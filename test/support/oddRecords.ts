/** Records whose id, time and kind have every form there is, and pages of them. */
import type { Random } from "../../src/emulator/random.ts";

const IDS = [
  '"66ea54eb-6301-4ee5-be62-ff5a759b0100"',
  '"00000000-0000-0000-0000-000000000000"',
  '""',
  '"\\u0030"',
  '"0"',
  "0",
  "7",
  "-1.50e+3",
  "null",
  "true",
  '{"a":[1,{"b":"]}"}]}',
  "{}",
  '[ "x" , 0 ]',
  '"é"',
  `"${"long".repeat(30)}"`,
  `"${"longer".repeat(400)}"`,
];
const TIMES = [
  '"2026-11-22T16:00:05Z"',
  '"2026-11-22T16:00:05.1234567Z"',
  '"2026-11-22T16:00:05.123456789Z"',
  '"2026-11-22T16:00:05.1234567891Z"',
  '"2026-11-22T16:00:05.Z"',
  '"2026-11-22T18:00:05+02:00"',
  '"2026-11-22t16:00:05z"',
  '"2026-11-22T16:00:60Z"',
  '"2026-11-22T24:00:00Z"',
  '"2026-02-29T00:00:00Z"',
  '"2024-02-29T23:59:59.9Z"',
  '"2000-02-29T00:00:00Z"',
  '"1900-02-29T00:00:00Z"',
  '"1969-12-31T23:59:59.999Z"',
  '"0000-01-01T00:00:00Z"',
  '"0001-01-01T00:00:00Z"',
  '"9999-12-31T23:59:59Z"',
  '"2026-04-31T00:00:00Z"',
  '"2026-13-01T00:00:00Z"',
  '"2026-1x-01T00:00:00Z"',
  '"2026-11-22T16:00:0\\u0035Z"',
  '"\\u0032026-11-22T16:00:05Z"',
  "null",
  "17",
  '["2026-11-22T16:00:05Z"]',
];
const KINDS = [
  '"red"',
  '"blue"',
  '"r\\u0065d"',
  '["green","red"]',
  '[ "blue" ]',
  "null",
  "{}",
  '"other"',
  `"${"x".repeat(200)}"`,
];

/** A record with fields of every form in any order, some of them twice, spelled in several ways. */
function recordOf(random: Random): string {
  const space = () => random.chance(0.9) ? "" : random.pick([" ", "\n", "\r\n\t", "  "]);
  const keyed = (key: string) =>
    random.chance(0.95) ? `"${key}"` : `"\\u00${key.charCodeAt(0).toString(16)}${key.slice(1)}"`;
  const usual = random.chance(0.7);
  const id = () => usual ? `"${random.int(0, 400)}-usual"` : random.pick(IDS);
  const time = () =>
    usual ? `"2026-11-22T16:0${random.int(0, 9)}:05.${random.int(0, 999)}Z"` : random.pick(TIMES);
  const members = [
    [keyed("id"), id()],
    [keyed("time"), time()],
    [
      keyed("vendor"),
      random.chance(0.8)
        ? `{${space()}"name":"n"${space()},${keyed("kind")}:${random.pick(KINDS)}}`
        : random.pick(KINDS),
    ],
    ['"name"', '"somebody"'],
    ['"text"', `"${random.pick(["", '\\"}],[{\\"', 'id\\":', "x".repeat(random.int(0, 300))])}"`],
    ['"list"', random.pick(["[]", "[1,2]", '[{"id":"inner","time":"no"},[]]', "[[[[1]]],{}]"])],
    ['"number"', random.pick(["0", "-1.5E-7", "true", "false", "null"])],
  ].filter(() => random.chance(0.85));
  if (random.chance(0.05)) members.push(['"id"', id()]);
  if (random.chance(0.05)) members.unshift(['"ti\\"me"', "1"]);
  if (random.chance(0.5)) members.sort(() => random.chance(0.5) ? 1 : -1);
  if (random.chance(0.005)) members.unshift(['"huge"', `"${"h".repeat(600_000)}"`]);
  return `{${
    members.map(([key, value]) => `${space()}${key}${space()}:${space()}${value}${space()}`).join(",")
  }}`;
}

/** A page of up to `most` such records; each fifth one came before. */
export function oddPage(random: Random, most: number): Uint8Array {
  const records: string[] = [];
  for (let left = random.int(0, most); left > 0; left--) {
    records.push(records.length > 0 && random.chance(0.2) ? random.pick(records) : recordOf(random));
  }
  return new TextEncoder().encode(`{"value":[${records.join(",")}],"@odata.context":"c"}`);
}
