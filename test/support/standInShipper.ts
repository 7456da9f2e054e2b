/** A shipper of a few lines of shell: it judges and starts as Fluent Bit does, and notes what happened to it. */
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { isAlive } from "./alive.ts";
import { killHard } from "./forwarderFluentBit.ts";
import { tempFolder } from "./tempFolder.ts";

export interface StandInShipper {
  readonly path: string;
  /** What happened so far: `starts` for each start, `ends` for each end that was asked for. */
  readonly happened: readonly string[];
  /** Its number at each start. */
  readonly pids: readonly number[];
}

/** Writes one for the running test, which ends it. */
export function standInShipper(): StandInShipper {
  const folder = tempFolder();
  const path = join(folder, "fluent-bit");
  const log = join(folder, "happened");
  const pids = join(folder, "pids");
  writeFileSync(
    path,
    `#!/bin/sh
case "$1" in
  --version) echo "Fluent Bit v5.1.1"; exit 0 ;;
  --dry-run) exit 0 ;;
esac
trap 'echo ends >> ${log}; exit 0' TERM
echo $$ >> ${pids}
echo starts >> ${log}
echo '[2026/11/30 04:59:20] [ info] [engine] Shutdown Grace Period=5'
while :; do sleep 0.02; done
`,
  );
  chmodSync(path, 0o755);
  for (const file of [log, pids]) writeFileSync(file, "");
  const linesOf = (file: string) => readFileSync(file, "utf8").split("\n").slice(0, -1);
  onTestFinished(() => linesOf(pids).map(Number).filter(isAlive).forEach(killHard));
  return {
    path,
    get happened() {
      return linesOf(log);
    },
    get pids() {
      return linesOf(pids).map(Number);
    },
  };
}
