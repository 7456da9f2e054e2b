import type { Origin, Sink } from "../sink/sink.ts";
import { createKeyList, type KeyList } from "../state/seen/keys.ts";
import type { LineStyle } from "./line.ts";
import { createLines, type Lines } from "./lines.ts";

/** Event lines on their way to the sink, each with the key of its record. */
export interface Outgoing {
  readonly lines: Lines;
  /** One a line, in their order. */
  readonly keys: KeyList;
  /** Hands the lines made so far to the sink. @throws as {@linkcode Sink.write}, and from then on at every call */
  drain(): Promise<void>;
  /** The same when they are worth a write, for more are coming. */
  offer(): Promise<void>;
}

/** @param stream the stream's name for the sink */
export function createOutgoing(sink: Sink, stream: string, style: LineStyle): Outgoing {
  const lines = createLines(style);
  const keys = createKeyList();
  let broken: { readonly why: unknown } | null = null;
  const origin: Origin = {
    stream,
    get keys() {
      return keys.bytes();
    },
  };

  async function handOver(leastBytes: number): Promise<void> {
    const bytes = lines.bytes();
    if (bytes.length === 0 || bytes.length < leastBytes) return;
    // A sink that failed may have taken some of the lines: they must not be handed over again.
    if (broken !== null) throw broken.why;
    try {
      await sink.write(bytes, origin);
    } catch (why) {
      broken = { why };
      throw why;
    }
    lines.clear();
    keys.clear();
  }

  return {
    lines,
    keys,
    drain: () => handOver(0),
    offer: () => handOver(sink.worthBytes ?? 0),
  };
}
