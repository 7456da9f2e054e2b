/** Records that went through a shipper to a Devo receiver, and what became of them on the way. */
import { addSeconds } from "../../src/instant.ts";
import type { DevoReceiver } from "./devoReceiver.ts";
import type { DevoLine } from "./devoReceiverGrammar.ts";
import { withoutAdded } from "./eventLines.ts";
import type { Site } from "./site.ts";

/** Records of Graph's own kind and size, and giants of so many bytes between them. */
export function fillWithAudits(site: Site, count: number, giants: readonly number[] = []): void {
  site.emulator.produce("directoryAudits", count, {
    from: addSeconds(site.start, 60),
    to: addSeconds(site.start, 9000),
  });
  giants.forEach((size, index) => {
    const at = new Date((site.start.seconds + 100 + 500 * index) * 1000).toISOString();
    site.emulator.put(
      "directoryAudits",
      `{"id":"giant-${index}","activityDateTime":"${at}","n":1.10,"big":12345678901234567890,"s":"\\u00e9\\/é😀\\ud800",` +
        `"fill":"${"é".repeat(size / 2)}"}`,
    );
  });
}

/** The records that arrived, without heartbeats, which never end. */
export function arrivedAt(receiver: DevoReceiver): string[] {
  return receiver.lines.filter(isRecord).map(({ message }) => withoutAdded(message).record);
}

const isRecord = ({ tag }: DevoLine) => tag !== "my.app.graphtap.heartbeat";

/** How many lines of records arrived. */
export function countAt(receiver: DevoReceiver): number {
  return receiver.lines.filter(isRecord).length;
}

/** How many records did not arrive, and how many lines too many did. */
export function lostAndRepeated(wanted: readonly string[], receiver: DevoReceiver) {
  const got = arrivedAt(receiver);
  const distinct = new Set(got);
  return {
    lost: wanted.filter((record) => !distinct.has(record)).length,
    repeated: got.length - distinct.size,
  };
}
