import { backfill } from "./backfill.ts";
import type { Row } from "./figures.ts";
import { fleet } from "./fleet.ts";
import { fuzz } from "./fuzz.ts";
import { idle } from "./idle.ts";
import { load } from "./load.ts";
import { memory } from "./memory.ts";
import { paths } from "./paths.ts";
import { peers } from "./peers.ts";
import { runtimes } from "./runtimes.ts";
import { startup } from "./startup.ts";
import { commit, seen } from "./state.ts";
import { steady } from "./steady.ts";
import { streams } from "./streams.ts";
import { throughput } from "./throughput.ts";
import type { Workshop } from "./workshop.ts";

/** A group of rows that are measured together. */
export interface Part {
  readonly measure: (
    workshop: Workshop,
    runs: number,
    quick: boolean,
  ) => readonly Row[] | Promise<readonly Row[]>;
  /** Runs in the quick form. Without it the part is in the quick form only when it is named. */
  readonly quick?: number;
  /** Takes so long that it is measured only when it is named. */
  readonly onRequest?: boolean;
}

/** All parts, in the order of the table. */
export const PARTS: Readonly<Record<string, Part>> = {
  throughput: { measure: throughput, quick: 3 },
  paths: { measure: paths, quick: 2 },
  streams: { measure: streams, quick: 1 },
  memory: { measure: memory },
  backfill: { measure: (workshop) => backfill(workshop, 1, 100_000) },
  startup: { measure: startup, quick: 3 },
  commit: { measure: commit },
  seen: { measure: seen },
  idle: { measure: idle },
  fleet: { measure: fleet },
  steady: { measure: () => steady(7, 20_000) },
  runtimes: { measure: runtimes },
  peers: { measure: peers },
  month: { measure: (workshop) => backfill(workshop, 1, 1_000_000), onRequest: true },
  week: { measure: () => steady(7, 200_000), onRequest: true },
  fuzz: { measure: () => fuzz(), onRequest: true },
  load: { measure: () => load(), onRequest: true },
};
