/** What an intake makes of one page, by batches and record by record. */
import { createFramers } from "../../src/json/framer.ts";
import type { Instant, Window } from "../../src/instant.ts";
import type { OnRecord } from "../../src/json/page.ts";
import { createPageScanner } from "../../src/json/scanner.ts";
import { definePlugin, type Plugin } from "../../src/plugin/plugin.ts";
import { createIntake } from "../../src/record/intake.ts";
import { createKeyMaker } from "../../src/record/keyMaker.ts";
import { LINE_FORMATS, type LineFormat, lineStyle } from "../../src/record/line.ts";
import { createMasks } from "../../src/record/mask.ts";
import { createTagger } from "../../src/record/tag.ts";
import { oddPage } from "./oddRecords.ts";
import { randomOf } from "./jsonDocuments.ts";
import { keySet } from "../../src/state/seen/memory.ts";
import type { SeenSet } from "../../src/state/seen/set.ts";

const framers = createFramers(0);

/** A service with all that a batch can be asked: an id, a time, and a field below another one that chooses the tag. */
const plugin = (cursor: Plugin["cursor"], tag: Plugin["tag"]) =>
  definePlugin({
    service: "odd",
    title: "Odd records",
    docs: "https://learn.microsoft.com/graph/api/odd-list",
    path: "/v1.0/odd",
    permissions: ["Odd.Read.All"],
    cursor,
    page: { size: 1000 },
    quota: "reports",
    tag,
  });

const CURSORS: readonly Plugin["cursor"][] = [
  { kind: "event-time", field: "time", from: "ge", to: "le", retentionDays: 30 },
  { kind: "update-time", field: "time", from: "ge", to: "le", retentionDays: 30 },
  { kind: "snapshot", field: "time" },
];
const TAGS: readonly Plugin["tag"][] = [
  "my.app.odd.{generation}",
  { field: "vendor/kind", tags: { red: "my.app.red", blue: "my.app.blue" }, otherwise: "my.app.none" },
];

/** One page that `seed` decides, of up to `most` records, and how it is taken. */
export function caseOf(
  seed: number,
  most: number,
): {
  readonly page: Uint8Array;
  readonly sizes: readonly number[];
  readonly options: Omit<TakenOptions, "byBatch">;
} {
  const random = randomOf(seed);
  const at = (seconds: number) => ({ seconds: 1_795_363_200 + seconds, nanos: 0 });
  return {
    page: oddPage(random, most),
    sizes: random.chance(0.3) ? [] : [random.int(10, 5_000), random.int(100, 300_000)],
    options: {
      plugin: plugin(random.pick(CURSORS), random.pick(TAGS)),
      trackUpdates: random.chance(0.7),
      format: random.pick(LINE_FORMATS),
      masked: random.chance(0.2),
      window: random.pick([{ from: null, to: null }, { from: at(0), to: at(300) }, {
        from: at(200),
        to: at(203),
      }]),
    },
  };
}

export interface TakenOptions {
  readonly plugin: Plugin;
  readonly trackUpdates: boolean;
  readonly format: LineFormat;
  readonly masked: boolean;
  readonly window: Window<Instant | null>;
  /** Whether batches are taken at once. */
  readonly byBatch: boolean;
}

/** Reads a page: everything that came of it, lines, their keys and what was counted; and how many records came alone. */
export async function taken(
  page: Uint8Array,
  sizes: readonly number[],
  options: TakenOptions,
): Promise<{ readonly outcome: unknown; readonly alone: number }> {
  const { plugin, trackUpdates, format, masked, window, byBatch } = options;
  const text: string[] = [];
  const keys: number[] = [];
  const held = keySet();
  const intake = createIntake({
    plugin,
    trackUpdates,
    seen: held as unknown as SeenSet,
    makeKey: createKeyMaker(),
    sink: {
      write(lines, origin) {
        text.push(new TextDecoder().decode(lines));
        keys.push(...origin!.keys);
        return Promise.resolve();
      },
      close: () => Promise.resolve(),
    },
    stream: "1/s",
    tagger: createTagger(plugin.tag, "2", null),
    mask: masked
      ? createMasks()([{ path: ["name"], value: undefined, stringPatterns: [], pseudonymKey: null }])
      : null,
    style: lineStyle({
      format,
      service: "s",
      input: "i",
      hostname: "h",
      environment: "prod",
      pullStartedMs: 0,
    }),
    newest: null,
  });
  let alone = 0;
  const onRecord: OnRecord = (...record) => {
    alone++;
    intake.onRecord(...record);
  };
  const counts = intake.begin(window);
  const scanner = createPageScanner({}, framers);
  for (let at = 0, turn = 0; at < page.length; turn++) {
    const size = sizes[Math.min(turn, sizes.length - 1)] ?? page.length;
    scanner.push(page.subarray(at, at + size), onRecord, byBatch ? intake.onBatch : undefined);
    await intake.drain();
    at += size;
  }
  const end = scanner.end();
  const { received, duplicates, newest } = intake;
  const counted = {
    counts: { ...counts, pageKey: counts.pageKey?.join() },
    end,
    received,
    duplicates,
    newest,
  };
  return { outcome: { text: text.join(""), keys, ...counted }, alone };
}
