/**
 * Shards: processes that share the inputs of one configuration, each with a state folder of its own.
 *
 * An input goes to the shard that has the highest weight for it (rendezvous hashing). Each weight is of one shard and one
 * input, whatever the number of shards: with one more an input stays, or goes to the new one. What is hashed is the
 * input's `id`, by which the state folder knows it, so that an input may get another name.
 */
import { hash } from "node:crypto";

/** One of so many. */
export interface Shard {
  /** From 0 to `of` - 1. */
  readonly index: number;
  readonly of: number;
}

/** A process for each tenant would be the wrong way long before. */
export const MOST_SHARDS = 1000;

/** The shard that a text such as "0/4" names; `null` when it names none. */
export function parseShard(text: string): Shard | null {
  const [, index, of] = /^(\d{1,4})\/(\d{1,4})$/.exec(text) ?? [];
  if (index === undefined) return null;
  const shard = { index: Number(index), of: Number(of) };
  return shard.index < shard.of && shard.of <= MOST_SHARDS ? shard : null;
}

/** "0/4". */
export function shardText({ index, of }: Shard): string {
  return `${index}/${of}`;
}

/** Which of so many shards an input goes to: the highest SHA-256 of "INDEX/ID", compared as hexadecimal digits. */
export function shardOf(inputId: string, of: number): number {
  let best = { index: 0, weight: "" };
  for (let index = 0; index < of; index++) {
    const weight = hash("sha256", `${index}/${inputId}`, "hex");
    if (weight > best.weight) best = { index, weight };
  }
  return best.index;
}

/** Whether an input goes to this shard; to the only process, where there are no shards. */
export function isOfShard(inputId: string, shard: Shard | null): boolean {
  return shard === null || shard.of === 1 || shardOf(inputId, shard.of) === shard.index;
}

/** How much of a configuration is a shard's. */
export interface Share {
  /** Such as "0/4". */
  readonly shard: string;
  /** Enabled inputs of this shard. */
  readonly inputs: number;
  /** Enabled inputs of all shards. */
  readonly of_inputs: number;
}

/** A shard's share of these inputs; `null` where there are no shards. */
export function shareOf(
  inputs: readonly { readonly id: string; readonly enabled: boolean }[],
  shard: Shard | null,
): Share | null {
  if (shard === null) return null;
  const enabled = inputs.filter((input) => input.enabled);
  const own = enabled.filter(({ id }) => isOfShard(id, shard));
  return { shard: shardText(shard), inputs: own.length, of_inputs: enabled.length };
}

/** "shard 0/4, 250 of 1000 inputs". */
export function shareInWords({ shard, inputs, of_inputs }: Share): string {
  return `shard ${shard}, ${inputs} of ${of_inputs} inputs`;
}
