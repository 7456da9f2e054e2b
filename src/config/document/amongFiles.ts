/** What must hold among the files of a configuration, beside what holds in each. */
import { isBlank } from "../check.ts";
import type { CheckedInput } from "../inputs.ts";
import type { Part } from "./part.ts";

/** Blocks that one file has for all. */
export type SharedBlock = "globals" | "global_overrides" | "outputs";

/** The files that have one of the blocks. */
export function partsWith(parts: readonly Part[], ...blocks: readonly SharedBlock[]): readonly Part[] {
  return parts.filter(({ root }) => blocks.some((block) => isThere(root?.[block])));
}

function isThere(value: unknown): boolean {
  return value !== undefined && value !== null && !isBlank(value);
}

/** Reports each file after the first that has a block which one file has for all. */
export function reportSecondBlocks(parts: readonly Part[]): void {
  const groups: readonly (readonly SharedBlock[])[] = [["globals", "global_overrides"], ["outputs"]];
  for (const blocks of groups) {
    const nameIn = ({ root }: Part) => blocks.find((block) => isThere(root?.[block])) ?? blocks[0]!;
    const [first, ...others] = partsWith(parts, ...blocks);
    for (const part of first === undefined ? [] : others) {
      const message = `stands in ${first!.placeOf([nameIn(first!)])}, too; one file has it for all`;
      part.context.report("error", [nameIn(part)], message, { at: "key" });
    }
  }
}

/** The inputs of one file. */
export interface PartInputs {
  readonly part: Part;
  readonly inputs: readonly CheckedInput[];
}

/** Reports names and ids that two files share: a name selects an input, and an id is the state's address. */
export function reportSharedAmongFiles(all: readonly PartInputs[]): void {
  // Where something stands costs a look through its file, which only a problem is worth.
  const names = new Map<string, () => string>();
  const ids = new Map<string, { readonly name: string; readonly place: () => string }>();
  for (const { part, inputs } of all) {
    const { report } = part.context;
    for (const { name, path, block: { values: { id } }, isOff } of inputs) {
      const same = names.get(name);
      if (same !== undefined) {
        report("error", path, `an input of this name stands in ${same()}, too; rename one`, { at: "key" });
      }
      if (id === undefined || isOff) continue;
      const other = ids.get(id);
      if (other === undefined) continue;
      const message = `inputs.${other.name} in ${other.place()} has the id ${
        JSON.stringify(id)
      }, too; give each its own`;
      report("error", [...path, "id"], message);
    }
    // After all of the file: what it has twice by itself is told by itself.
    for (const { name, path, block: { values: { id } }, isOff } of inputs) {
      if (!names.has(name)) names.set(name, () => part.placeOf(path));
      if (id !== undefined && !isOff && !ids.has(id)) {
        ids.set(id, { name, place: () => part.placeOf([...path, "id"]) });
      }
    }
  }
}

/** Reports when no input of any file is enabled. */
export function reportNoneEnabled(all: readonly PartInputs[]): void {
  const [first] = all;
  if (first === undefined || all.some(({ inputs }) => inputs.some(({ isOff }) => !isOff))) return;
  first.part.context.report("error", ["inputs"], "no input is enabled; set enabled: true in one", {
    at: "key",
  });
}
