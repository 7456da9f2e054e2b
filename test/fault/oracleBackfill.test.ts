/**
 * Seeded random runs over a backfill of days, whose keys are dropped behind it, judged by who served the records.
 *
 * `GRAPHTAP_SEED=17 npx vitest run test/fault/oracleBackfill.test.ts` plays one again, `GRAPHTAP_RUNS=30` as many new ones.
 */
import type { Buffer } from "node:buffer";
import { watch } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { describe, expect, it, onTestFinished } from "vitest";
import { createRandom } from "../../src/emulator/random.ts";
import { addSeconds, formatInstant, fromMillis } from "../../src/instant.ts";
import { start } from "../support/program.ts";
import { CONTOSO, openSite, type Site } from "../support/site.ts";
import { stateIn } from "../support/state.ts";
import { createBook, type Delivered, judge } from "./oracle/judge.ts";
import { PAGE } from "./oracle/moments.ts";
import { deliveredIn } from "./oracle/output.ts";
import { makeFolder } from "../../src/files/durable.ts";

const HOUR = 3600;
const HOURS = 48;
const PER_HOUR = 50;
const MOST_PULLS = 5;
const ADDRESS = { inputId: "10001", service: "signIns" };
const { GRAPHTAP_SEED, GRAPHTAP_RUNS } = process.env;

function seeds(): number[] {
  if (GRAPHTAP_SEED !== undefined) return GRAPHTAP_SEED.split(",").map(Number);
  if (GRAPHTAP_RUNS === undefined) return [1];
  const first = Math.floor(Math.random() * 1e9);
  return Array.from({ length: Number(GRAPHTAP_RUNS) }, (_, index) => first + index);
}

/** Days of sign-ins, and the words that a process reads them with. */
function prepare(site: Site): string[] {
  const now = fromMillis(Date.now());
  const from = addSeconds(now, -HOURS * HOUR);
  site.emulator.produce("signIns", HOURS * PER_HOUR, {
    from: addSeconds(from, 60),
    to: addSeconds(now, -60),
  });
  site.emulator.faults.add({
    match: { collection: "signIns", times: "always" },
    do: { kind: "shortPage", records: PAGE },
  });
  const signIns = { start_time_in_utc: formatInstant(from), override_query_window_max_seconds: 2 * HOUR };
  return ["-c", site.write([{ name: "contoso", id: "10001", tenant: CONTOSO, services: { signIns } }])];
}

/** Resolves at the nth change in the folder of the seen set, such as a page, a new segment, or one that goes. */
function changed(folder: string, nth: number): Promise<void> {
  makeFolder(folder);
  return new Promise((resolve) => {
    let count = 0;
    const watcher = watch(folder, () => {
      if (++count < nth) return;
      watcher.close();
      resolve();
    });
    onTestFinished(() => watcher.close());
  });
}

/** What a pull writes that is killed, or ends before. */
async function killed(words: readonly string[], site: Site, nth: number): Promise<Buffer> {
  const running = start(["pull", ...words]);
  const come = changed(join(site.state, "10001/signIns/seen"), nth).then(() => true);
  if (await Promise.race([come, running.exited.then(() => false)])) running.kill("SIGKILL");
  return (await running.ended).stdout;
}

/** What pulls write that nothing disturbs, until nothing comes any more. */
async function readToTheEnd(words: readonly string[]): Promise<Buffer[]> {
  const outputs: Buffer[] = [];
  for (;;) {
    const { code, stdout, stderr } = await start(["pull", ...words]).ended;
    expect(code, stderr).toBe(0);
    outputs.push(stdout);
    if (stdout.length === 0) return outputs;
    expect(outputs.length, "pulls that bring something").toBeLessThan(MOST_PULLS);
  }
}

describe("over any number of process lives in a backfill of days", () => {
  it.each(seeds())("nothing is lost, and a kill repeats a page at most: seed %i", async (seed) => {
    const random = createRandom(seed);
    const book = createBook();
    const site = await openSite({ seed, onServed: book.add });
    const words = prepare(site);
    const outputs: Buffer[] = [];
    const kills = random.int(4, 8);
    for (let life = 0; life < kills; life++) outputs.push(await killed(words, site, random.int(1, 60)));
    outputs.push(...await readToTheEnd(words));
    const delivered: Delivered[] = outputs.flatMap((output, life) => deliveredIn(output, "json", life));
    const wanted = site.records("signIns").map((record) => ({ record, collection: "signIns" as const }));
    const { lost, foreign, repeated } = judge(book, wanted, delivered);
    expect({ lost, foreign }).toEqual({ lost: [], foreign: [] });
    for (const [life, records] of repeated) {
      expect(life, `repeated by a pull that nothing disturbed`).toBeLessThan(kills);
      expect(records, `repeated after life ${life}`).toBeLessThanOrEqual(PAGE);
    }
    const size = stateIn(site.state, { readOnly: true }).stream(ADDRESS).seen().size();
    expect(size, "keys that are kept").toBeLessThan(wanted.length * 0.8);
  }, 120_000);
});
