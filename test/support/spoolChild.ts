/** A process that reads page after page of three streams into a spool, for tests that kill it: `DIR [PAGES]`. */
import { Buffer } from "node:buffer";
import { writeSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { openFileSink } from "../../src/sink/file.ts";
import { emptyPosition } from "../../src/state/position.ts";
import { openState, type StreamState } from "../../src/state/state.ts";
import { hostLocker } from "./stateLocker.ts";
import { childStreams, pageLines } from "./spoolPages.ts";

const [, , dir = "", pages] = process.argv;
const last = Number(pages ?? Infinity);
const report = (note: string) => void writeSync(1, `${note}\n`);
const locker = hostLocker();
const state = openState(join(dir, "state"), { locker, pid: process.pid, now: Date.now, report });
const sink = openFileSink({
  path: join(dir, "spool", "events.ndjson"),
  rotateBytes: 100_000,
  rotateSeconds: 3600,
  maxSpoolBytes: null,
  journalBytes: 300_000,
  locker,
  now: Date.now,
  report,
});
report("open");

async function read(name: string, stream: StreamState): Promise<void> {
  const saved = stream.loadPosition() ?? emptyPosition();
  const seen = stream.seen();
  for (const key of sink.accepted!(name)) seen.add(key);
  for (let page = saved.records; page < last; page++) {
    const fresh = pageLines(name, page).filter(({ key }) => seen.add(key));
    for (let at = 0; at < fresh.length; at += 9) {
      const piece = fresh.slice(at, at + 9);
      const lines = Buffer.from(piece.map(({ line }) => line).join(""));
      await sink.write(lines, { stream: name, keys: Buffer.concat(piece.map(({ key }) => key)) });
      await new Promise((resolve) => setImmediate(resolve));
    }
    stream.commit({ ...saved, records: page + 1 });
    sink.committed!(name);
  }
}

await Promise.all(
  childStreams.map((service) => read(service, state.stream({ inputId: "10001", service }))),
);
await sink.close();
state.close();
