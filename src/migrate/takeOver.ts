/** Positions that stand under other names: of the old collector, or of our own before the file was rewritten. */
import type { Config, InputConfig, ServiceConfig } from "../config/config.ts";
import { addSeconds, compareInstants, earliest, formatInstant, type Instant, latest } from "../instant.ts";
import type { Plugin } from "../plugin/plugin.ts";
import type { Registry } from "../plugin/registry.ts";
import { emptyPosition, type Position } from "../state/position.ts";
import { recordKey } from "../record/keyMaker.ts";
import { formerIds, formerNames } from "./formerNames.ts";
import { findOldPositions, type OldAddress, type OldPosition } from "./oldState.ts";
import type { State } from "../state/state.ts";
import { startOfLost } from "../tap/startPosition.ts";

/** How far before a position reading goes on: what arrived late there is found. */
export const DEFAULT_OVERLAP_SECONDS = 3600;

/** Names of inputs in the collector's own samples. */
const SAMPLE_INPUTS = ["microsoft_graph", "microsoft_graph_audit", "microsoft_graph_security"];
/** One stream and what was left of it. */
export interface Takeover {
  readonly input: InputConfig;
  readonly service: ServiceConfig;
  readonly plugin: Plugin;
  readonly found: readonly OldPosition[];
}

/** What became of it. */
export interface TakenOver {
  readonly input: string;
  readonly service: string;
  /** The position that was found, `-` for none and `?` for one that cannot be read. */
  readonly old: string;
  /** Where reading goes on, `-` when nothing was found. */
  readonly next: string;
  /** What was found is of no use: the stream begins as one that lost its position. */
  readonly isLost: boolean;
  readonly remark: string;
}

/**
 * Every stream of the configuration, and what was left of it.
 *
 * @param folder where the old collector's `files` are
 * @param own our own state, for positions under the names that a stream had before; `null` to look for none
 * @throws state-unusable
 */
export function findTakeovers(
  { inputs }: Config,
  registry: Registry,
  folder: string,
  files: readonly string[],
  own: State | null,
): Takeover[] {
  return inputs.filter(({ enabled }) => enabled).flatMap((input) =>
    input.services.filter(({ enabled }) => enabled).map((service): Takeover => {
      const plugin = registry.resolve(service.name)!;
      const address = addressOf(input, service, plugin);
      const old = findOldPositions(folder, files, address);
      const ours = own === null
        ? []
        : ownPositions(own, address, { inputId: input.id, service: service.name });
      return { input, service, plugin, found: [...old, ...ours] };
    })
  );
}

function addressOf(input: InputConfig, service: ServiceConfig, plugin: Plugin): OldAddress {
  const { aliases = [], variants = [] } = plugin;
  return {
    inputs: [...new Set([...formerNames(input), ...SAMPLE_INPUTS])],
    ids: formerIds(input),
    services: [service.configuredName, plugin.service, ...aliases, ...variants.map(({ name }) => name)],
  };
}

/** Where our own streams stood whose place is taken by this one. */
function ownPositions(
  state: State,
  { ids, services }: OldAddress,
  self: { readonly inputId: string; readonly service: string },
): OldPosition[] {
  const others = state.list().filter(({ inputId, service }) =>
    ids.includes(inputId) && services.includes(service) &&
    (inputId !== self.inputId || service !== self.service)
  );
  return others.flatMap((address) => {
    const position = state.stream(address).loadPosition();
    // What is left of an older range is unread, too.
    const times = [position?.watermark ?? null, ...(position?.backfill ?? []).map(({ from }) => from)]
      .filter((time) => time !== null);
    const file = `${address.inputId}/${address.service}`;
    return times.length === 0 ? [] : [{ file, readTo: times.reduce(earliest), ids: [], problem: null }];
  });
}

function nextOf({ watermark }: Position): string {
  return watermark === null ? "own" : formatInstant(watermark);
}

/** Takes one over, unless the stream has a position of its own; it is durable when this returns. */
export function takeOver(
  { input, service, plugin, found }: Takeover,
  state: State,
  now: Instant,
  overlapSeconds: number,
  isCheck: boolean,
): TakenOver {
  const taken = (old: string, next: string, remark: string, isLost = false): TakenOver => ({
    input: input.name,
    service: service.name,
    old,
    next,
    isLost,
    remark,
  });
  const start = service.startTime?.instant ?? null;
  const begins = `begins at ${start === null ? "its first poll" : formatInstant(start)}`;
  if (found.length === 0) return taken("-", "-", `nothing found: it ${begins}`);
  const stream = state.stream({ inputId: input.id, service: service.name });
  const lost = (old: string, why: string): TakenOver => {
    const kept = stream.loadPosition();
    if (kept !== null) {
      return taken(old, nextOf(kept), `${why}; the stream has a position, and keeps it`, true);
    }
    if (plugin.cursor.kind === "snapshot") return taken(old, "whole", `${why}; it is read whole`, true);
    const beganAt = startOfLost(start, now, service.lookbackDays ?? 0);
    if (!isCheck) stream.begin({ ...emptyPosition(start === null ? null : formatInstant(start)), beganAt });
    const where = start === null ? "the last days are read again" : "it begins at its configured start";
    return taken(old, formatInstant(beganAt), `${why}; ${where}`, true);
  };
  const broken = found.find(({ problem }) => problem !== null);
  if (broken !== undefined) return lost("?", `${broken.file}: ${broken.problem}`);
  // Of several that are one now, the one that is furthest behind leaves no hole.
  const readTo = found.map((one) => one.readTo!).reduce(earliest);
  const old = formatInstant(readTo);
  if (plugin.cursor.kind === "snapshot") return taken(old, "whole", "is read whole, and leaves once");
  if (compareInstants(readTo, now) > 0) return lost(old, "lies in the future");
  const kept = stream.loadPosition();
  if (kept !== null) return taken(old, nextOf(kept), "has a position already, and keeps it");
  const back = addSeconds(readTo, -overlapSeconds);
  const from = start === null ? back : latest(back, start);
  if (!isCheck) {
    if (plugin.cursor.kind === "event-time") {
      // As they stand in a record, quotes included.
      for (const id of found.flatMap(({ ids }) => ids)) stream.seen().add(recordKey(JSON.stringify(id)));
    }
    stream.commitInFile({
      ...emptyPosition(start === null ? null : formatInstant(start)),
      beganAt: start ?? from,
      watermark: from,
      newest: { time: readTo, ids: [] },
    });
  }
  return taken(old, formatInstant(from), found.map(({ file }) => file).join(", "));
}
