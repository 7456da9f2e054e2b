/** The streams of a tap. They change here and nowhere else, when another configuration is read. */
import type { Changes, StreamAt } from "../server/reload.ts";
import type { State, StreamAddress } from "../state/state.ts";
import type { Stream } from "../tap/stream.ts";
import type { SourceSurroundings } from "./inputShare.ts";
import type { ChosenInput } from "./selection.ts";
import { settingsOf } from "./settings.ts";
import { chosenInputs, type Configured, createSources, type Source } from "./sources.ts";

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
  /** What another configuration changes. */
  compare(next: Configured): Changes;
  /**
   * Goes over to another configuration: streams that go or change are let go, then those that come or have changed
   * begin. The others are not touched.
   *
   * @param prepare is called between the two, when no stream that comes is read yet
   * @throws what `prepare` throws: what was let go is back then; the reason of `stop`, if it came meanwhile
   */
  change(
    next: Configured,
    work: StreamWork,
    stop: AbortSignal,
    prepare: (isComing: IsComing) => void,
  ): Promise<void>;
}

/** Whether a stream of another configuration is not there yet as it is in that. */
export type IsComing = (stream: StreamAt) => boolean;

/** An input as a configuration has it. */
interface PlannedInput {
  readonly chosen: ChosenInput;
  /** As {@linkcode settingsOf} has them. */
  readonly settings: ReadonlyMap<string, string>;
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
  // What is compared is most often gone over to right after.
  const plans = new WeakMap<Configured, readonly PlannedInput[]>();
  const isPresent = (key: string, settings: string | undefined) => present.get(key)?.settings === settings;

  function planOf(configured: Configured): readonly PlannedInput[] {
    const known = plans.get(configured) ?? plan(configured);
    plans.set(configured, known);
    return known;
  }
  /** The streams of a configuration; those that there are as they are wanted are the same. */
  function made(configured: Configured, planned: readonly PlannedInput[]): Map<string, Present> {
    const next = new Map<string, Present>();
    for (const { chosen, settings } of planned) {
      const key = (service: string) => keyOf({ input: chosen.input.name, service });
      const isComing = (service: string) => !isPresent(key(service), settings.get(service));
      const coming = [...settings.keys()].some(isComing) ? sources.of(configured, chosen, isComing) : [];
      const bySource = new Map(coming.map((source) => [source.service.name, source]));
      for (const [service, text] of settings) {
        const source = bySource.get(service);
        const stream = source === undefined
          ? present.get(key(service))!.stream
          : { ...source, state: state.stream(addressOf(source)) };
        next.set(key(service), { stream, settings: text });
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
  present = made(first, plan(first));
  return {
    list,
    compare: (next) => compared(present, planOf(next)),
    async change(next, work, stop, prepare) {
      const planned = planOf(next);
      const wanted = settingsByKey(planned);
      const going = [...present].filter(([key]) => !isPresent(key, wanted.get(key))).map(([, { stream }]) =>
        stream
      );
      await work.leave(going);
      stop.throwIfAborted();
      try {
        prepare((at) => wanted.has(keyOf(at)) && !isPresent(keyOf(at), wanted.get(keyOf(at))));
        const after = made(next, planned);
        // What cannot be read is found before anybody goes on with it.
        for (const [key, { stream }] of after) if (stream !== present.get(key)?.stream) readable(stream);
        present = after;
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

function namesIn(key: string): StreamAt {
  const [input, service] = JSON.parse(key) as [string, string];
  return { input, service };
}

function addressOf({ input, service }: Pick<Stream, "input" | "service">): StreamAddress {
  return { inputId: input.id, service: service.name };
}

function plan(configured: Configured): PlannedInput[] {
  const { config, registry } = configured;
  return chosenInputs(configured).map((chosen) => ({
    chosen,
    settings: settingsOf(config, registry, chosen),
  }));
}

function settingsByKey(planned: readonly PlannedInput[]): Map<string, string> {
  return new Map(
    planned.flatMap(({ chosen: { input }, settings }) =>
      [...settings].map(([service, text]) => [keyOf({ input: input.name, service }), text] as const)
    ),
  );
}

function compared(present: ReadonlyMap<string, Present>, planned: readonly PlannedInput[]): Changes {
  const wanted = settingsByKey(planned);
  const kindOf = ([key, settings]: readonly [string, string]) => {
    const before = present.get(key)?.settings;
    return before === undefined ? "added" : before === settings ? "unchanged" : "changed";
  };
  const named = (kind: ReturnType<typeof kindOf>) =>
    [...wanted].filter((entry) => kindOf(entry) === kind).map(([key]) => namesIn(key));
  const removed = [...present.keys()].filter((key) => !wanted.has(key)).map(namesIn);
  return { added: named("added"), removed, changed: named("changed"), unchanged: named("unchanged") };
}

/** When an input was read last; `-Infinity` when it never was. */
function lastPollMs({ input, services }: ChosenInput, state: State): number {
  const ofStream = (service: string) => state.stream({ inputId: input.id, service }).loadPosition();
  return Math.max(...services.map(({ name }) => ofStream(name)?.lastPollStartedMs ?? -Infinity));
}
