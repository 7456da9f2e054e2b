import type { Clock } from "../../clock.ts";
import { addSeconds, fromMillis, type Instant, secondsBetween } from "../../instant.ts";
import type { Collection, Collections } from "../collections.ts";
import type { Random } from "../random.ts";
import type { Store } from "../store.ts";
import { type Cast, createCast } from "./cast.ts";
import { generalSample } from "./general.ts";
import { huntingSample } from "./huntingRow.ts";
import type { Recipe } from "./recipe.ts";
import { type Sample, samples } from "./samples.ts";

/** When the events happened, and to whom. */
export interface ProduceOptions {
  /** First event time. A stream asks for nothing that is older than its start. @default one second before `to` */
  readonly from?: Instant;
  /** End of the event times, which are spread evenly and stay below it. @default now */
  readonly to?: Instant;
  /** Whose they are. @default the first tenant */
  readonly tenantId?: string;
}

/** Makes records and stores them; see `Emulator.produce`. */
export type Producer = (
  tenantId: string,
  collection: Collection,
  count: number,
  when: ProduceOptions,
) => Uint8Array[];

/** What producers work with. */
export interface ProducerContext {
  readonly random: Random;
  readonly clock: Clock;
  readonly collections: Collections;
  readonly store: Store;
}

interface Workshop {
  readonly random: Random;
  readonly cast: Cast;
  readonly sample: Sample;
  made: number;
}

/** How the records of a collection are made: as seen on Graph where that is known. */
export function sampleOf({ path, plugin }: Collection): Sample {
  if (plugin.cursor.kind === "query") return huntingSample(plugin);
  return samples[path] ?? generalSample(plugin);
}

/** A producer; what it makes in one collection does not depend on what it made in others. */
export function createProducer({ random, clock, collections, store }: ProducerContext): Producer {
  const workshops = new Map<string, Workshop>();

  return (tenantId, collection, count, { from, to = fromMillis(clock.now()) }) => {
    const start = from ?? addSeconds(to, -1);
    const step = count > 0 ? secondsBetween(start, to) / count : 0;
    const room = Math.min(Math.max(step, 0), 1);
    const workshop = workshopOf(tenantId, collection);
    const { cast, sample } = workshop;
    const taken = (id: string) => store.find(tenantId, collection, id) !== undefined;
    return Array.from({ length: count }, (_, index) => {
      const at = addSeconds(start, step * index);
      const recipe = { random: workshop.random, cast, n: workshop.made++, at, room, taken };
      const record = store.put(tenantId, collection, sample.make(recipe));
      putTwin(tenantId, sample, recipe);
      return record;
    });
  };

  function workshopOf(tenantId: string, collection: Collection): Workshop {
    const key = `${tenantId}/${collection.name}`;
    const known = workshops.get(key);
    if (known !== undefined) return known;
    const fresh = {
      random: random.fork(key),
      cast: createCast(random.fork(`cast/${tenantId}`), tenantId),
      sample: sampleOf(collection),
      made: 0,
    };
    workshops.set(key, fresh);
    return fresh;
  }

  function putTwin(tenantId: string, { twin }: Sample, recipe: Recipe): void {
    const collection = twin === undefined ? undefined : collections.at(twin.path);
    const json = collection === undefined ? null : twin?.make(recipe) ?? null;
    if (collection !== undefined && json !== null) store.put(tenantId, collection, json);
  }
}
