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
  if (collection.name !== "alerts_v2" || prefer?.includes("include-unknown-enum-members")) return row.bytes;
  // latin1 maps bytes to characters one to one, so everything else comes back unchanged.
  const text = Buffer.from(row.bytes).toString("latin1");
  const hidden = text.replace(PATTERN, (member) => member.replace(/:".*"$/, ':"unknownFutureValue"'));
  return hidden === text ? row.bytes : Buffer.from(hidden, "latin1");
}
