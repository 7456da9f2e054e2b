/** When a process is ended. Each moment is chosen from outside: by Graph, by the reader, or by who watches the files. */
import { existsSync, type FSWatcher, mkdirSync, statSync, watch } from "node:fs";
import { join } from "node:path";
import type { CollectionName } from "../../../src/emulator/emulator.ts";
import type { Fault } from "../../../src/emulator/faults.ts";
import type { Random } from "../../../src/emulator/random.ts";
import type { Running } from "../../support/program.ts";
import type { Site } from "../../support/site.ts";

/** Records on a page, in every collection. */
export const PAGE = 40;

/** What a moment has to work with. */
export interface Scene {
  readonly site: Site;
  readonly collection: CollectionName;
  /** The folder of the stream's state. */
  readonly stream: string;
  /** The spool, or `null` where the lines go to standard output. */
  readonly spool: string | null;
  readonly random: Random;
}

export interface Moment {
  readonly name: string;
  /** How the process ends there. @default "SIGKILL" */
  readonly end?: "SIGTERM" | "close";
  /** Only where lines go to standard output. */
  readonly needsReader?: true;
  /** Only for streams of this nature. */
  readonly only?: "windows" | "logs";
  /** Only when the stream has a state already, and its re-reads are due. */
  readonly needsPast?: true;
  /** Nobody reads standard output until the process is gone. */
  readonly held?: true;
  /** What holds the process there. */
  readonly fault?: (scene: Scene) => Fault;
  /** Resolves when the moment has come. */
  readonly come: (scene: Scene, running: Running, fault: () => number) => Promise<void>;
}

const FAR = 60_000;
const SWEPT_SECONDS = 800;
const QUIET_MS = 120;

/** Looks every few milliseconds, without end: who waits also waits for the process to be gone. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 4));
}

const away = (match: Fault["match"]): Fault => ({
  match: { times: "always", ...match },
  do: { kind: "delay", ms: FAR },
});

/** Waits until a fault holds the process. */
const isHeld: Moment["come"] = (_, __, hits) => until(() => hits() > 0);

function lastRequestMs(site: Site): number {
  return site.emulator.requests.at(-1)?.at ?? Infinity;
}

/** The nth change in a folder that `matches`; the folder may be younger than the process. */
function changeIn(folder: string, nth: number, matches: (name: string) => boolean): Promise<void> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return new Promise((resolve, reject) => {
    let count = 0;
    const watcher: FSWatcher = watch(folder, (_, name) => {
      if (!matches(String(name)) || ++count < nth) return;
      watcher.close();
      resolve();
    });
    watcher.on("error", reject);
    watcher.unref?.();
  });
}

const sizeOf = (path: string) => existsSync(path) ? statSync(path).size : 0;

export const MOMENTS: readonly Moment[] = [
  {
    name: "while the token is awaited",
    fault: () => away({ collection: "token" }),
    come: isHeld,
  },
  {
    name: "while the first page is awaited",
    fault: ({ collection }) => away({ collection, page: 0 }),
    come: isHeld,
  },
  {
    name: "while page 2 is awaited",
    fault: ({ collection }) => away({ collection, page: 1 }),
    come: isHeld,
  },
  {
    name: "in the middle of a page",
    fault: ({ collection, random }) => ({
      match: { collection, page: random.int(0, 2), times: "always" },
      do: { kind: "stall", afterBytes: random.int(1, 60_000) },
    }),
    // The last bytes before the stall are on their way.
    come: async (scene, running, hits) => {
      await isHeld(scene, running, hits);
      await new Promise((resolve) => setTimeout(resolve, 25));
    },
  },
  {
    name: "in the middle of a line",
    needsReader: true,
    held: true,
    come: ({ site }) => until(() => Date.now() - lastRequestMs(site) > QUIET_MS),
  },
  {
    name: "right after the sink accepted",
    come({ random, spool }, running) {
      const pages = random.int(1, 3);
      if (spool === null) return until(() => running.lines >= (pages - 1) * PAGE + 1);
      const before = sizeOf(spool);
      return until(() => sizeOf(spool) > before);
    },
  },
  {
    name: "between the seen set and the checkpoint",
    come: ({ stream, random }) => changeIn(join(stream, "seen"), random.int(1, 6), () => true),
  },
  {
    name: "during a rewrite of the checkpoint",
    come: ({ stream, random }) =>
      changeIn(stream, random.int(1, 8), (name) => name.startsWith("checkpoint.json")),
  },
  {
    name: "during a re-read",
    only: "windows",
    needsPast: true,
    fault: ({ collection, random }) => ({
      match: { collection, olderThanSeconds: SWEPT_SECONDS, page: random.int(0, 1), times: "always" },
      do: random.chance(0.5)
        ? { kind: "delay", ms: FAR }
        : { kind: "stall", afterBytes: random.int(1, 40_000) },
    }),
    come: isHeld,
  },
  {
    name: "during the backfill",
    only: "windows",
    fault: ({ collection, random }) => ({
      match: { collection, olderThanSeconds: 3500, page: random.int(0, 1), times: "always" },
      do: random.chance(0.5)
        ? { kind: "delay", ms: FAR }
        : { kind: "stall", afterBytes: random.int(1, 40_000) },
    }),
    come: isHeld,
  },
  {
    name: "at any time",
    come: ({ random }) => new Promise((resolve) => setTimeout(resolve, random.int(100, 700))),
  },
  {
    name: "its reader goes away while page 2 is awaited",
    end: "close",
    needsReader: true,
    fault: ({ collection }) => ({
      match: { collection, page: 1, times: "always" },
      do: { kind: "delay", ms: 80 },
    }),
    come: isHeld,
  },
  {
    name: "SIGTERM at any time",
    end: "SIGTERM",
    come: ({ random }) => new Promise((resolve) => setTimeout(resolve, random.int(150, 600))),
  },
  {
    name: "SIGTERM in the middle of a page",
    end: "SIGTERM",
    fault: ({ collection, random }) => ({
      match: { collection, page: random.int(0, 2), times: "always" },
      do: { kind: "stall", afterBytes: random.int(1, 60_000) },
    }),
    come: isHeld,
  },
];
