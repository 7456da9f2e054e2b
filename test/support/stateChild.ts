/** A process on a state folder, for tests that kill it: `hold DIR` or `loop DIR`. */
import { writeSync } from "node:fs";
import process from "node:process";
import { emptyPosition } from "../../src/state/position.ts";
import { openState } from "../../src/state/state.ts";
import { loopAddress, pageKeys } from "./stateLoop.ts";
import { hostLocker } from "./stateLocker.ts";

const [what, dir] = process.argv.slice(2);
const window = { from: { seconds: 0, nanos: 0 }, to: { seconds: 60, nanos: 0 } };
const print = (line: string) => writeSync(1, `${line}\n`);

try {
  const state = openState(dir!, { locker: hostLocker(), pid: process.pid, now: Date.now, report: print });
  if (what === "loop") {
    const stream = state.stream(loopAddress);
    const saved = stream.loadPosition() ?? emptyPosition();
    for (let page = saved.records + 1;; page++) {
      for (const key of pageKeys(page)) stream.seen().add(key);
      const interruption = { window, link: "x".repeat(page % 7 * 1000 + 1) };
      const position = { ...saved, records: page, interruption };
      stream.commit(position);
      if (page % 5 === 0) stream.commitInFile(position);
      print(String(page));
    }
  }
  print("held");
  setInterval(() => {}, 1000);
} catch (error) {
  print(`${(error as { code: string }).code}: ${(error as Error).message}`);
}
