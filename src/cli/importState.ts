/** `graphtap state import`: streams as `state export` prints them, put where streams have no position. */
import { isOfShard, type Shard, shardOf, shardText } from "../config/shard.ts";
import { GraphtapError } from "../errors.ts";
import type { State, StreamAddress } from "../state/state.ts";
import { type ArrivedStream, receiveStreams } from "../state/transfer/imported.ts";
import type { StagedStream } from "../state/transfer/staged.ts";
import { usage } from "./options.ts";

/** A line is a position, or a piece of a segment of keys. */
const MOST_LINE_LETTERS = 256 * 1024 * 1024;

/** Where streams go, and what of them is taken. */
export interface ImportOptions {
  /** The input that all of it is for. @default each keeps its own */
  readonly inputId?: string | undefined;
  /** Whether a stream may take the place of one that has a position. @default false */
  readonly replaces?: boolean;
  /** The shard whose folder it is; others' inputs are refused. @default all are taken */
  readonly shard?: Shard | null;
}

/**
 * Puts streams into a state folder: all of them, or none when one cannot be. One that is there from the same export stays
 * as it is, so that an import that was killed can be done again.
 *
 * @returns a line for each
 * @throws usage; state-unusable
 */
export async function importState(
  state: State,
  input: AsyncIterable<Uint8Array>,
  options: ImportOptions = {},
): Promise<string[]> {
  const places: StreamAddress[] = [];
  const arrived = await receiveStreams(linesOf(input), (address, bringsKeys) => {
    const place = { ...address, inputId: options.inputId ?? address.inputId };
    refuseStranger(place, options.shard ?? null);
    if (places.some((other) => isSame(other, place))) {
      throw usage("state", `import has ${nameOf(place)} twice; one position a stream`);
    }
    places.push(place);
    return begin(state, place, address, bringsKeys);
  });
  const streams = arrived.map((one, index) => ({ ...one, place: places[index]! }));
  try {
    const known = streams.filter(({ place, origin }) =>
      isKnown(state, place, origin, options.replaces === true)
    );
    return streams.map((one) => settle(state, one, known.includes(one)));
  } finally {
    // Nothing is left of those that are in their places.
    for (const { staged } of streams) staged.discard();
  }
}

function begin(state: State, place: StreamAddress, from: StreamAddress, bringsKeys: boolean): StagedStream {
  const staged = state.stage(place);
  // Version 0.1 exported no keys; those of the same stream are here where its input got another id.
  const others = bringsKeys || isSame(place, from) ? [] : state.list().filter((one) => isSame(one, from));
  staged.addKeysOf(others);
  return staged;
}

function refuseStranger({ inputId, service }: StreamAddress, shard: Shard | null): void {
  if (shard === null || isOfShard(inputId, shard)) return;
  const theirs = shardText({ ...shard, index: shardOf(inputId, shard.of) });
  throw usage("state", `${nameOf({ inputId, service })} is of shard ${theirs}, not of ${shardText(shard)}`);
}

/** Whether a stream is here from this very export. @throws state-unusable where it has another position */
function isKnown(state: State, place: StreamAddress, origin: string, replaces: boolean): boolean {
  if (state.elsewhere.has(place) || state.stream(place).loadPosition() === null) {
    return false;
  }
  if (state.originOf(place) === origin) return true;
  if (replaces) return false;
  throw new GraphtapError(
    "state-unusable",
    `Cannot import ${nameOf(place)}: it has a position; --replace puts the other one in its place, ` +
      'and "graphtap state reset" takes it away',
  );
}

function settle(
  state: State,
  { staged, place }: ArrivedStream & { readonly place: StreamAddress },
  isKnown: boolean,
): string {
  if (isKnown) {
    state.elsewhere.remove([place]);
    return `${nameOf(place)}: is here already from this export, and stays as it is`;
  }
  staged.place();
  return `${nameOf(place)}: goes on where the export stood`;
}

function nameOf({ inputId, service }: StreamAddress): string {
  return `${inputId} × ${service}`;
}

function isSame(one: StreamAddress, other: StreamAddress): boolean {
  return one.inputId === other.inputId && one.service === other.service;
}

/** @throws usage where a line has no end */
async function* linesOf(input: AsyncIterable<Uint8Array>): AsyncIterable<string> {
  const decoder = new TextDecoder();
  let rest: string[] = [];
  let length = 0;
  for await (const piece of input) {
    const [first = "", ...others] = decoder.decode(piece, { stream: true }).split("\n");
    rest.push(first);
    length += first.length;
    for (const next of others) {
      yield rest.join("");
      rest = [next];
      length = next.length;
    }
    if (length > MOST_LINE_LETTERS) throw usage("state", "import got a line without end");
  }
  yield rest.join("") + decoder.decode();
}
