/** Events for a loop: `for await (const event of …)`. */
import { asGraphtapError } from "../errors.ts";
import { createReaderSink, type ReaderSink } from "../sink/readerSink.ts";
import { eventOf, type PendingEvent } from "./event.ts";
import type { SinkOf } from "./works.ts";

/**
 * The events of one pull or run, which begins when the first is asked for. Whoever breaks off ends it.
 *
 * @param work delivers to the sink that it is given, and resolves when no more will come
 * @throws what `work` throws, when all events before that have been read
 */
export async function* readEvents(
  work: (sinkOf: SinkOf) => Promise<void>,
): AsyncGenerator<PendingEvent, void, void> {
  const held: { reader?: ReaderSink } = {};
  const done = work(({ stop }) => (held.reader = createReaderSink(stop)).sink);
  const { reader } = held;
  // Refused before it came to a sink, which is asked for at once.
  if (reader === undefined) return await done;
  done.then(reader.end, reader.end);
  try {
    for (let line = await reader.next(); line !== null; line = await reader.next()) {
      yield Object.assign(eventOf(line.bytes), { accept: line.accept });
    }
  } finally {
    reader.leave();
    await done.catch((thrown) => {
      if (!asGraphtapError(thrown).kind.readerLeft) throw thrown;
    });
  }
}
