import { randomUUID } from "node:crypto";
import type { GraphtapError } from "../../errors.ts";
import { sinkName } from "../../tap/accepted.ts";
import type { ServedStream } from "../served.ts";
import { noteSent } from "../status/figures.ts";
import type { HeldState } from "./heldState.ts";

/** How many ids of finished batches are remembered, so that a repeated or late confirmation is told the truth. */
const REMEMBERED = 1000;

/** A stream's share of a batch. */
export interface BatchPart {
  readonly served: ServedStream;
  readonly held: HeldState;
  /** Lines that the client took. */
  lines: number;
  /** Why the stream was not read to its end; `null` when it was, or when the batch was full. */
  error: GraphtapError | null;
}

/** Lines that were handed out and wait for their confirmation. */
export interface Batch {
  readonly id: string;
  readonly parts: readonly BatchPart[];
  /** Whether the streams were read to their end, so that a pull right after this one finds little. */
  complete: boolean;
  /** When its last line was taken, in milliseconds since the epoch; `null` while it is being sent. */
  sentMs: number | null;
  /** Resolves when it is confirmed or abandoned. */
  readonly settled: Promise<void>;
}

/** What became of a batch. */
export type BatchFate = "sending" | "waiting" | "confirmed" | "abandoned" | "unknown";

export interface Batches {
  open(parts: readonly BatchPart[]): Batch;
  /** The one that a stream was handed out in, and that is not finished; `null` when there is none. */
  of(served: Pick<ServedStream, "stream">): Batch | null;
  fate(id: string): BatchFate;
  /** Makes a waiting batch durable. @throws state-unusable */
  confirm(id: string): Batch | null;
  /** Forgets what it delivered; its records leave again. */
  abandon(batch: Batch): void;
  /** Batches that wait or are being sent. */
  readonly waiting: number;
}

/** @param now milliseconds since the epoch */
export function createBatches(now: () => number): Batches {
  const open = new Map<string, { batch: Batch; settle: () => void }>();
  const finished = new Map<string, BatchFate>();
  // By what the position is of: with other settings a stream is another one here, and its position is the same.
  const current = new Map<string, Batch>();

  function finish(batch: Batch, fate: BatchFate): void {
    const entry = open.get(batch.id);
    open.delete(batch.id);
    finished.set(batch.id, fate);
    for (const id of finished.keys()) {
      if (finished.size <= REMEMBERED) break;
      finished.delete(id);
    }
    for (const { served: { stream } } of batch.parts) {
      if (current.get(sinkName(stream)) === batch) current.delete(sinkName(stream));
    }
    entry?.settle();
  }
  return {
    open(parts) {
      let settle = () => {};
      const settled = new Promise<void>((resolve) => settle = resolve);
      const batch: Batch = { id: randomUUID(), parts, complete: false, sentMs: null, settled };
      open.set(batch.id, { batch, settle });
      for (const { served } of parts) current.set(sinkName(served.stream), batch);
      return batch;
    },
    of: ({ stream }) => current.get(sinkName(stream)) ?? null,
    fate(id) {
      const batch = open.get(id)?.batch;
      if (batch === undefined) return finished.get(id) ?? "unknown";
      return batch.sentMs === null ? "sending" : "waiting";
    },
    confirm(id) {
      const batch = open.get(id)?.batch;
      if (batch === undefined || batch.sentMs === null) return null;
      for (const { held, served, lines } of batch.parts) {
        held.commit();
        noteSent(served.figures, lines, now());
      }
      finish(batch, "confirmed");
      return batch;
    },
    abandon(batch) {
      if (!open.has(batch.id)) return;
      for (const { held } of batch.parts) held.rollback();
      finish(batch, "abandoned");
    },
    get waiting() {
      return open.size;
    },
  };
}
