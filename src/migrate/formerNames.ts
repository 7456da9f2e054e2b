/** Names that an input had before its file was rewritten. */
import type { InputConfig } from "../config/config.ts";

/** What `migrate` adds to names and ids when it splits an input. */
const SPLIT = /_(audit|security)$/;

/** The ids under which positions of an input may stand: its own first. */
export function formerIds({ id, oldId }: InputConfig): string[] {
  const ids = [id, id.replace(SPLIT, "")];
  return [...new Set([...ids, ...(oldId === undefined ? [] : [oldId, oldId.replace(SPLIT, "")])])];
}

/** The names that it may have had: its own first. */
export function formerNames({ name }: InputConfig): string[] {
  return [...new Set([name, name.replace(SPLIT, "")])];
}
