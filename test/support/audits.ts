import { expect } from "vitest";
import type { CollectionName } from "../../src/emulator/emulator.ts";
import { addSeconds, fromMillis } from "../../src/instant.ts";
import { eventLine, EXACT, tally } from "./eventLines.ts";
import type { Rig } from "./rig.ts";

/** Records on a page of a rig that holds audits. */
export const PAGE = 20;

/** Puts directory audits of the last 50 minutes into the rig, which serves them in pages of twenty. */
export function fillAudits(rig: Rig, count: number): void {
  const now = fromMillis(rig.clock.now());
  rig.emulator.produce("directoryAudits", count, { from: addSeconds(now, -3000), to: addSeconds(now, -10) });
  shortPages(rig, "directoryAudits");
}

export function shortPages(rig: Rig, collection: CollectionName): void {
  rig.emulator.faults.add({
    match: { collection, times: "always" },
    do: { kind: "shortPage", records: PAGE },
  });
}

/** A start an hour ago, as a service's setting. */
export function anHourAgo(rig: Rig) {
  return { startTime: { text: "an hour ago", instant: addSeconds(fromMillis(rig.clock.now()), -3600) } };
}

/** What the rig's sink accepted of a service, as Graph's own bytes. */
export function delivered(rig: Rig, service = "directory_audits"): string[] {
  return rig.lines.map((line) => eventLine(line)).filter((line) => line.service === service)
    .map(({ record }) => record);
}

const held = (rig: Rig, collection: "directoryAudits" | "alerts_v2" | "signIns" = "directoryAudits") =>
  rig.emulator.records(collection).map((bytes) => new TextDecoder().decode(bytes));

/** Everything that Graph holds left, each record once. */
export function expectAllOnce(rig: Rig): void {
  expect(tally(held(rig), delivered(rig))).toEqual(EXACT);
}

/** Everything left; some of it perhaps twice. @returns how many records more than once */
export function expectAll(rig: Rig): number {
  const { missing, foreign } = tally(held(rig), delivered(rig));
  expect({ missing, foreign }).toEqual({ missing: [], foreign: [] });
  return delivered(rig).length - held(rig).length;
}

/** How many records of the audits did not leave, and how many left again. */
export function tallied(rig: Rig): { lost: number; duplicated: number } {
  const left = delivered(rig);
  const once = new Set(left);
  return {
    lost: held(rig).filter((record) => !once.has(record)).length,
    duplicated: left.length - once.size,
  };
}
