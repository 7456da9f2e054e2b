import { Buffer } from "node:buffer";
import type { Collection } from "./collections.ts";
import type { Row } from "./store.ts";

/**
 * Members added to an enumeration after its `unknownFutureValue`. Graph shows them only to clients that send
 * `Prefer: include-unknown-enum-members` (security.alert, resource page).
 */
const LATER_MEMBERS: Readonly<Record<string, readonly string[]>> = {
  serviceSource: [
    "microsoftDefenderForCloud",
    "microsoftSentinel",
    "microsoftInsiderRiskManagement",
    "microsoftThreatIntelligence",
    "microsoftSecurityForAI",
  ],
  detectionSource: [
    "microsoftDefenderForCloud",
    "microsoftDefenderForServers",
    "microsoftDefenderForStorage",
    "nrtAlerts",
    "scheduledAlerts",
    "builtInMl",
    "microsoftSentinel",
    "microsoftInsiderRiskManagement",
    "microsoftThreatIntelligence",
  ],
};

// A quoted name followed by a colon cannot occur inside a JSON string: its quotes would be escaped.
const PATTERN = new RegExp(
  Object.entries(LATER_MEMBERS).map(([name, members]) => `"${name}":"(?:${members.join("|")})"`).join("|"),
  "g",
);

/** A row's bytes as this client gets to see them. */
export function visibleBytes(row: Row, collection: Collection, prefer: string | null): Uint8Array {
  if (!collection.hidesLaterMembers || prefer?.includes("include-unknown-enum-members")) return row.bytes;
  // latin1 maps bytes to characters one to one, so everything else comes back unchanged.
  const text = Buffer.from(row.bytes).toString("latin1");
  const hidden = text.replace(PATTERN, (member) => member.replace(/:".*"$/, ':"unknownFutureValue"'));
  return hidden === text ? row.bytes : Buffer.from(hidden, "latin1");
}

/** A record with only the selected top-level members: the one case in which a record is written anew. */
export function projectRecord(bytes: Uint8Array, select: readonly string[]): Uint8Array {
  const record: Record<string, unknown> = JSON.parse(Buffer.from(bytes).toString("utf8"));
  const names = select.map((name) => name.trim());
  const kept = Object.entries(record).filter(([name]) => names.includes(name));
  return Buffer.from(JSON.stringify(Object.fromEntries(kept)));
}
