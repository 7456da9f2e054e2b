/** A shipper of a few lines of shell: it judges and starts as Fluent Bit does, and notes what happened to it. */
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { isAlive } from "./alive.ts";
import { killHard } from "./forwarderFluentBit.ts";
import { tempFolder } from "./tempFolder.ts";

/** How it behaves where it does not behave well. */
export interface Manner {
  /** It finds this fault with configurations that hold `text`. */
  readonly refuses?: { readonly text: string; readonly says: string };
  /** Whether it says that it has started. @default true */
  readonly starts?: boolean;
}

export interface StandInShipper {
  readonly path: string;
  /** What happened so far: a word for each start, each end, and all that {@linkcode note} added. */
  readonly happened: readonly string[];
  readonly pids: readonly number[];
  note(word: string): void;
}

/** Writes one for the running test, which ends it. */
export function standInShipper({ refuses, starts = true }: Manner = {}): StandInShipper {
  const folder = tempFolder();
  const [path, log, pids] = ["fluent-bit", "happened", "pids"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const fault = refuses && `grep -q '${refuses.text}' "$3" && { echo '${refuses.says}' >&2; exit 1; }`;
  const said = "[2026/11/30 04:59:20] [ info] [engine] Shutdown Grace Period=5";
  writeFileSync(
    path,
    `#!/bin/sh
case "$1" in
  --version) echo "Fluent Bit v5.1.1"; exit 0 ;;
  --dry-run) ${fault ?? ":"}; exit 0 ;;
esac
trap 'echo ends >> ${log}; exit 0' TERM
echo starts >> ${log}
echo $$ >> ${pids}
${starts ? `echo '${said}'` : ":"}
while :; do sleep 0.02; done
`,
  );
  chmodSync(path, 0o755);
  writeFileSync(log, "");
  const lines = (file: string) => existsSync(file) ? readFileSync(file, "utf8").split("\n").slice(0, -1) : [];
  onTestFinished(() => lines(pids).map(Number).filter(isAlive).forEach(killHard));
  return {
    path,
    get happened() {
      return lines(log);
    },
    get pids() {
      return lines(pids).map(Number);
    },
    note: (word) => writeFileSync(log, `${word}\n`, { flag: "a" }),
  };
}
