/** A process on a state folder, for tests that kill it: `hold DIR` or `loop DIR`. */
import { writeSync } from "node:fs";
import process from "node:process";
import { emptyCheckpoint } from "../../src/state/checkpoint.ts";
import { openState } from "../../src/state/state.ts";
import { loopAddress, pageKeys } from "./stateLoop.ts";
import { hostLocker } from "./stateLocker.ts";

const [what, dir] = process.argv.slice(2);
const print = (line: string) => writeSync(1, `${line}\n`);

try {
  const state = openState(dir!, { locker: hostLocker(), pid: process.pid, now: Date.now, report: print });
  if (what === "loop") {
    const stream = state.stream(loopAddress);
    const saved = stream.loadCheckpoint() ?? emptyCheckpoint(loopAddress, null);
    for (let page = saved.records + 1;; page++) {
      for (const key of pageKeys(page)) stream.seen().add(key);
      const checkpoint = { ...saved, records: page, next_link: "x".repeat(page % 7 * 1000 + 1) };
      stream.commit(checkpoint);
      if (page % 5 === 0) stream.saveCheckpoint(checkpoint);
      print(String(page));
    }
  }
  print("held");
  setInterval(() => {}, 1000);
} catch (error) {
  print(`${(error as { code: string }).code}: ${(error as Error).message}`);
}
