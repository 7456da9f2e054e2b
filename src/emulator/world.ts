import type { Clock } from "../clock.ts";
import type { Collection, Collections } from "./collections.ts";
import type { Replays } from "./entra/replays.ts";
import type { Grant, Tokens } from "./entra/tokens.ts";
import type { FaultAction } from "./faults.ts";
import type { EmulatorOptions, TenantOptions } from "./options.ts";
import type { Jobs } from "./jobs/jobs.ts";
import type { Throttle } from "./throttle.ts";
import type { Random } from "./random.ts";
import type { MutableEntry } from "./requestLog.ts";
import type { SkipTokens } from "./skipTokens.ts";
import type { Store } from "./store.ts";

/** The parts of an emulator that its routes work with. */
export interface World {
  readonly clock: Clock;
  readonly random: Random;
  readonly tenants: readonly TenantOptions[];
  readonly options: EmulatorOptions;
  readonly collections: Collections;
  readonly store: Store;
  readonly tokens: Tokens;
  readonly replays: Replays;
  /** Keys that the agent of Azure Arc waits for. */
  readonly arcKeys: Set<string>;
  readonly skipTokens: SkipTokens;
  readonly throttle: Throttle;
  readonly jobs: Jobs;
  /** Number of the record that was served last. */
  readonly served: { number: number };
}

/** One request on its way through the emulator. */
export interface Call {
  readonly entry: MutableEntry;
  readonly actions: readonly FaultAction[];
  readonly requestId: string;
  readonly clientRequestId: string;
  /** Of a POST to Graph; "" of any other request. */
  readonly body: string;
}

/** What a request that may be answered is about. */
export interface Admitted {
  readonly request: Request;
  readonly url: URL;
  readonly grant: Grant;
  readonly collection: Collection;
}

/** The action of this kind that a fault asked for, if any. */
export function actionOf<K extends FaultAction["kind"]>(
  call: Call,
  kind: K,
): (FaultAction & { kind: K }) | undefined {
  return call.actions.find((action): action is FaultAction & { kind: K } => action.kind === kind);
}
