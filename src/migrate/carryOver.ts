/**
 * Our own positions under names that a stream had before its file was rewritten: `migrate` gives the security services
 * of an input an id of their own, and puts one service in the place of several.
 */
import type { Config, InputConfig, ServiceConfig } from "../config/config.ts";
import { compareInstants, earliest, formatInstant, type Instant } from "../instant.ts";
import type { Registry } from "../plugin/registry.ts";
import { withGap } from "../state/gap.ts";
import { withLost } from "../state/lost.ts";
import { emptyPosition, type Position, type Reread } from "../state/position.ts";
import type { State, StreamAddress } from "../state/state.ts";
import type { Log } from "../telemetry/log.ts";
import { formerIds } from "./formerNames.ts";

/** A stream of the configuration that is enabled. */
export interface EnabledStream {
  readonly input: InputConfig;
  readonly service: ServiceConfig;
}

/** The enabled streams of a configuration, input after input. */
export function enabledStreams({ inputs }: Config): EnabledStream[] {
  return inputs.filter(({ enabled }) => enabled).flatMap((input) =>
    input.services.filter(({ enabled }) => enabled).map((service) => ({ input, service }))
  );
}

/**
 * Lets streams without a position go on where those stood that are not in the configuration any more and whose place
 * they take: with their keys, gaps and what they lost, so that nothing is lost and nothing leaves again.
 *
 * @param streams those without a position
 * @throws state-unusable
 */
export function carryOver(
  state: State,
  streams: readonly EnabledStream[],
  { config, registry, log }: { readonly config: Config; readonly registry: Registry; readonly log: Log },
): void {
  const there = state.list();
  const isConfigured = ({ inputId, service }: StreamAddress) =>
    config.inputs.some(({ id, services }) => id === inputId && services.some(({ name }) => name === service));
  for (const { input, service } of streams) {
    const address = { inputId: input.id, service: service.name };
    if (state.tookOver(address)) continue;
    const { variants = [] } = registry.resolve(service.name)!;
    const services = [service.name, ...variants.map(({ name }) => name)];
    const found = there.filter((one) =>
      formerIds(input).includes(one.inputId) && services.includes(one.service) && !isConfigured(one)
    ).flatMap((one) => {
      const position = state.stream(one).loadPosition();
      return position === null ? [] : [{ address: one, position }];
    });
    if (found.length === 0) continue;
    const others = found.map((one) => one.address);
    const position = joined(found.map((one) => one.position), service.startTime?.instant ?? null);
    const lost = others.flatMap((one) => state.stream(one).lost().list());
    if (lost.length > 0) state.stream(address).lost().save(lost.reduce(withLost, []));
    const gaps = others.flatMap((one) => state.stream(one).gaps().list());
    // Before the position: a gap that is there twice costs requests, one that is not there costs records.
    if (gaps.length > 0) state.stream(address).gaps().save(gaps.reduce(withGap, []));
    state.takeOver(address, others, position);
    log.info("goes on where another stream stopped, in the place of which it is", {
      input: input.name,
      service: service.name,
      stopped: others.map(({ inputId, service }) => `${inputId}/${service}`).join(", "),
      goes_on_at: position.watermark === null ? null : formatInstant(position.watermark),
    });
  }
}

/** The position of a stream that goes on for all of these: nothing is unread that was unread in one of them. */
function joined(positions: readonly Position[], configured: Instant | null): Position {
  const start = configured === null ? null : formatInstant(configured);
  const [first, ...others] = positions;
  if (first === undefined) return emptyPosition(start);
  const all = others.reduce((one, other) => ({
    ...one,
    beganAt: earlier(one.beganAt, other.beganAt),
    begunMs: one.begunMs === null || other.begunMs === null ? null : Math.min(one.begunMs, other.begunMs),
    // Who has read nothing begins where it began.
    watermark: earlier(one.watermark ?? one.beganAt, other.watermark ?? other.beganAt),
    backfill: [...one.backfill, ...other.backfill].sort((a, b) => compareInstants(a.from, b.from)),
    rereads: joinedRereads(one.rereads, other.rereads),
    records: one.records + other.records,
    duplicates: one.duplicates + other.duplicates,
  }), first);
  // Its link belongs to another query, and other figures to another amount of records.
  const own = { interruption: null, windowSeconds: null, overlapSeconds: null, lastPollStartedMs: null };
  return { ...all, ...own, start, beganAt: configured ?? all.beganAt };
}

function earlier(one: Instant | null, other: Instant | null): Instant | null {
  return one === null || other === null ? null : earliest(one, other);
}

/** Where there are not as many, they begin anew. */
function joinedRereads(some: readonly Reread[], others: readonly Reread[]): readonly Reread[] {
  if (some.length !== others.length) return [];
  return some.map(({ readTo }, index) => ({ readTo: earliest(readTo, others[index]!.readTo), idle: 0 }));
}
