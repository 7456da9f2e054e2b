import { asGraphtapError, type GraphtapError } from "../../errors.ts";
import type { LineFormat } from "../../record/line.ts";
import type { Engine } from "../../tap/stream.ts";
import type { Batches } from "./batch.ts";
import type { EventHub } from "../eventHub.ts";
import type { ServedStream } from "../served.ts";

/** What a client asks for. */
export interface PullRequest {
  readonly streams: readonly ServedStream[];
  readonly format: LineFormat;
  /** Whether the batch waits for its confirmation. */
  readonly confirm: boolean;
  /** Records after which the batch is full; what is in flight then still leaves. */
  readonly limit: number;
}

/** What all pulls of a server share. */
export interface PullContext {
  readonly engine: Engine;
  readonly batches: Batches;
  readonly events: EventHub;
  /** Stops the process; its reason is the GraphtapError. */
  readonly stop: AbortController;
  /** Pulls under way; each promise resolves when its streams are free again. */
  readonly running: Set<Promise<unknown>>;
}

/** Stops the process because of a failure that leaves nothing to go on with, such as one of the state folder. */
export function stopIfFatal(thrown: unknown, { stop }: Pick<PullContext, "stop">): GraphtapError {
  const error = asGraphtapError(thrown);
  if (error.kind.stopsProcess && !stop.signal.aborted) stop.abort(error);
  return error;
}
