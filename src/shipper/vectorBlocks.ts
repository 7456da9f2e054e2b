/** A configuration of Vector is put together of blocks, each with components of several kinds. */
import { indent } from "./quote.ts";

const KINDS = ["sources", "transforms", "secret", "sinks"] as const;

/** Components, by the key of the configuration that they stand under. */
export type VectorBlocks = Readonly<Partial<Record<(typeof KINDS)[number], string>>>;

/** The components of all blocks: those of a kind under one key, in the order of the blocks. */
export function writeBlocks(...blocks: readonly VectorBlocks[]): string {
  return KINDS.flatMap((kind) => {
    const found = blocks.flatMap((block) => block[kind] ?? []);
    return found.length === 0 ? [] : [`${kind}:\n${indent(found.join("\n"), 2)}`];
  }).join("\n");
}

/** What every sink to Devo has in common. */
export const DISK_BUFFER = `# Turns the source's acknowledgements on, where it has them.
acknowledgements: {enabled: true}
buffer:
  type: disk
  # Counts as full 128 MiB below this; Vector then stops reading.
  max_size: 1073741824
  when_full: block
`;
