/** A stream whose position is in another state folder is not read, and its polls say so. */
import { GraphtapError } from "../errors.ts";
import type { Stream } from "./stream.ts";

/** Why a stream is not read that waits for its position; `null` for every other stream. @throws `state-unusable` */
export function whyWaiting({ input, service, state }: Stream): GraphtapError | null {
  if (!state.isElsewhere()) return null;
  return new GraphtapError(
    "position-elsewhere",
    `Cannot read "${service.name}" of "${input.name}": its position may be in the state folder of another shard`,
  );
}
