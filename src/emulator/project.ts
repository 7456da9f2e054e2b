import { Buffer } from "node:buffer";

/** A record with only the selected top-level members: the one case in which a record is written anew. */
export function projectRecord(bytes: Uint8Array, select: readonly string[]): Uint8Array {
  const record: Record<string, unknown> = JSON.parse(Buffer.from(bytes).toString("utf8"));
  const names = select.map((name) => name.trim());
  const kept = Object.entries(record).filter(([name]) => names.includes(name));
  return Buffer.from(JSON.stringify(Object.fromEntries(kept)));
}
