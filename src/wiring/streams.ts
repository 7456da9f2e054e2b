/** The streams of a tap. They change here and nowhere else, when another configuration is read. */
import { atOnce, type Steps } from "../config/steps.ts";
import type { Changes, StreamAt } from "../server/reload.ts";
import type { State, StreamAddress } from "../state/state.ts";
import type { Stream } from "../tap/stream.ts";
import type { SourceSurroundings } from "./inputShare.ts";
import type { ChosenInput } from "./selection.ts";
import { settingsOf } from "./settings.ts";
import { chosenInputs, type Configured, createSources, type Source } from "./sources.ts";
import { inTurns, noTurn, type Turn } from "./turns.ts";

/** A stream with who gives its tokens. */
export type SourcedStream = Source & Stream;

/** What is done with the streams of a tap: they are polled, served, shown. */
export interface StreamWork {
  /** Lets go of streams. Resolves when nothing of them is under way any more, each with its position in order. */
  leave(streams: readonly SourcedStream[]): Promise<void>;
  /** Goes on with these: all that there are now, in the order of the configuration. */
  goOn(streams: readonly SourcedStream[]): void;
  /** Resolves when nothing is held back any more that could become durable of a stream that was let go. */
  settled(stream: SourcedStream): Promise<void>;
}

/** Several works as one; streams go on with the first of them first. */
export function together(...works: readonly StreamWork[]): StreamWork {
  return {
    leave: async (streams) => void await Promise.all(works.map((work) => work.leave(streams))),
    goOn: (streams) => works.forEach((work) => work.goOn(streams)),
    settled: async (stream) => void await Promise.all(works.map((work) => work.settled(stream))),
  };
}

export interface StreamSet {
  /** Those that there are now, in the order of the configuration. */
  list(): readonly SourcedStream[];
  /** What another configuration changes; in steps, of one input each. */
  compare(next: Configured): Steps<Changes>;
  /**
   * Goes over to another configuration: streams that go or change are let go, then those that come or have changed
   * begin. The others are not touched.
   *
   * @param prepare is called between the two, when no stream that comes is read yet
   * @param turn is taken between the parts of it @default nobody else has work
   * @throws what `prepare` throws: what was let go is back then; the reason of `stop`, if it came meanwhile
   */
  change(
    next: Configured,
    work: StreamWork,
    stop: AbortSignal,
    prepare: (isComing: IsComing) => void,
    turn?: Turn,
  ): Promise<void>;
}

/** Whether a stream of another configuration is not there yet as it is in that. */
export type IsComing = (stream: StreamAt) => boolean;

/** An input as a configuration has it. */
interface PlannedInput {
  readonly chosen: ChosenInput;
  readonly streams: readonly PlannedStream[];
}

/** A stream as a configuration has it. */
interface PlannedStream extends StreamAt {
  /** As {@linkcode keyOf} has it. */
  readonly key: string;
  /** As {@linkcode settingsOf} has them. */
  readonly settings: string;
}

/** A stream that there is. */
interface Present {
  readonly stream: SourcedStream;
  readonly settings: string;
}

/** @param first the configuration that its streams are made of */
export function createStreamSet(
  first: Configured,
  { state, ...surroundings }: SourceSurroundings & { readonly state: State },
): StreamSet {
  const sources = createSources({ ...surroundings, lastPollMs: (chosen) => lastPollMs(chosen, state) });
  let present: ReadonlyMap<string, Present> = new Map();
  const planOf = createPlans();
  const isPresent = (key: string, settings: string | undefined) => present.get(key)?.settings === settings;

  /** The streams of a configuration; those that there are as they are wanted are the same. */
  function made(configured: Configured, planned: readonly PlannedInput[]): Map<string, Present> {
    const next = new Map<string, Present>();
    for (const { chosen, streams } of planned) {
      const comes = streams.filter(({ key, settings }) => !isPresent(key, settings)).map(({ service }) =>
        service
      );
      const coming = comes.length > 0 ? sources.of(configured, chosen, (name) => comes.includes(name)) : [];
      const bySource = new Map(coming.map((source) => [source.service.name, source]));
      for (const { key, service, settings } of streams) {
        const source = bySource.get(service);
        const stream = source === undefined
          ? present.get(key)!.stream
          : { ...source, state: state.stream(addressOf(source)) };
        next.set(key, { stream, settings });
      }
    }
    sources.keep(new Set(planned.map(({ chosen }) => chosen.input.name)));
    return next;
  }
  /** Closes what is open of a stream that is gone, unless another has come in its place. */
  function release(stream: SourcedStream): void {
    const isUsed = list().some(({ state: { dir } }) => dir === stream.state.dir);
    if (!isUsed) state.release(addressOf(stream));
  }
  const list = () => [...present.values()].map(({ stream }) => stream);
  present = made(first, atOnce(plan(first)));
  return {
    list,
    *compare(next) {
      return compared(present, yield* planOf(next));
    },
    async change(next, work, stop, prepare, turn = noTurn) {
      const planned = await inTurns(planOf(next), turn);
      const wanted = wantedIn(planned);
      const going = [...present].filter(([key]) => !isPresent(key, wanted.get(key)?.settings))
        .map(([, { stream }]) => stream);
      await work.leave(going);
      stop.throwIfAborted();
      try {
        prepare((at) => {
          const one = wanted.get(keyOf(at));
          return one !== undefined && !isPresent(one.key, one.settings);
        });
        await turn();
        const after = made(next, planned);
        // What cannot be read is found before anybody goes on with it.
        for (const [key, { stream }] of after) if (stream !== present.get(key)?.stream) readable(stream);
        present = after;
        await turn();
      } finally {
        work.goOn(list());
      }
      for (const stream of going) void work.settled(stream).then(() => release(stream));
    },
  };
}

/** @throws state-unusable */
function readable({ state }: SourcedStream): void {
  state.loadPosition();
  state.gaps().list();
  state.lost().list();
}

function keyOf({ input, service }: StreamAt): string {
  return JSON.stringify([input, service]);
}

function addressOf({ input, service }: Pick<Stream, "input" | "service">): StreamAddress {
  return { inputId: input.id, service: service.name };
}

/** Plans configurations. What is compared is most often gone over to right after, and planned once. */
function createPlans(): (configured: Configured) => Steps<readonly PlannedInput[]> {
  const plans = new WeakMap<Configured, readonly PlannedInput[]>();
  return function* (configured) {
    const known = plans.get(configured) ?? (yield* plan(configured));
    plans.set(configured, known);
    return known;
  };
}

function* plan(configured: Configured): Steps<readonly PlannedInput[]> {
  const { config, registry } = configured;
  const planned: PlannedInput[] = [];
  for (const chosen of chosenInputs(configured)) {
    const input = chosen.input.name;
    const streams = [...settingsOf(config, registry, chosen)].map(([service, settings]) => ({
      input,
      service,
      key: keyOf({ input, service }),
      settings,
    }));
    planned.push({ chosen, streams });
    yield;
  }
  return planned;
}

function wantedIn(planned: readonly PlannedInput[]): Map<string, PlannedStream> {
  return new Map(planned.flatMap(({ streams }) => streams.map((stream) => [stream.key, stream] as const)));
}

function compared(present: ReadonlyMap<string, Present>, planned: readonly PlannedInput[]): Changes {
  const wanted = wantedIn(planned);
  const kindOf = ({ key, settings }: PlannedStream) => {
    const before = present.get(key)?.settings;
    return before === undefined ? "added" : before === settings ? "unchanged" : "changed";
  };
  const named = { added: [], changed: [], unchanged: [] } as Record<ReturnType<typeof kindOf>, StreamAt[]>;
  for (const one of wanted.values()) named[kindOf(one)].push({ input: one.input, service: one.service });
  const removed = [...present].filter(([key]) => !wanted.has(key))
    .map(([, { stream: { input, service } }]) => ({ input: input.name, service: service.name }));
  return { added: named.added, removed, changed: named.changed, unchanged: named.unchanged };
}

/** When an input was read last; `-Infinity` when it never was. */
function lastPollMs({ input, services }: ChosenInput, state: State): number {
  const ofStream = (service: string) => state.stream({ inputId: input.id, service }).loadPosition();
  return Math.max(...services.map(({ name }) => ofStream(name)?.lastPollStartedMs ?? -Infinity));
}
