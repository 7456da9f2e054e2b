import { GraphtapError } from "../../errors.ts";
import type { Shard } from "../../config/shard.ts";
import type { Stream } from "../../tap/stream.ts";

/** Which streams are meant; an empty list means all. Services go by any of their names. */
export interface Selection {
  readonly services: readonly string[];
  readonly inputs: readonly string[];
  /** Of these the inputs of this shard only. @default all of them */
  readonly shard?: Shard | null;
}

/**
 * The streams that a request means.
 *
 * @throws usage a name that no stream has, or names that no stream has together
 */
export function selectStreams(streams: readonly Stream[], { services, inputs }: Selection): Stream[] {
  const strangeService = services.find((name) => !streams.some((stream) => goesBy(stream, name)));
  if (strangeService !== undefined) {
    throw unknown("service", strangeService, streams.map(({ service }) => service.name));
  }
  const strangeInput = inputs.find((name) => !streams.some(({ input }) => input.name === name));
  if (strangeInput !== undefined) {
    throw unknown(
      "input",
      strangeInput,
      streams.map(({ input }) => input.name),
    );
  }
  const chosen = streams.filter((stream) => isMeant(stream, { services, inputs }));
  if (chosen.length > 0 || streams.length === 0) return chosen;
  throw new GraphtapError("usage", "Cannot pull: no such input has such a service");
}

/** Whether a selection means a stream. */
export function isMeant(stream: Stream, { services, inputs }: Selection): boolean {
  return (services.length === 0 || services.some((name) => goesBy(stream, name))) &&
    (inputs.length === 0 || inputs.includes(stream.input.name));
}

function goesBy({ service, plugin }: Stream, name: string): boolean {
  return name === service.name || name === service.configuredName ||
    (plugin.service === service.name && (plugin.aliases ?? []).includes(name));
}

function unknown(what: string, name: string, known: readonly string[]): GraphtapError {
  const names = [...new Set(known)].join(", ");
  return new GraphtapError("usage", `Cannot pull ${what} ${JSON.stringify(name)}: there are ${names}`);
}
