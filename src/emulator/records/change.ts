import { Buffer } from "node:buffer";
import { GraphtapError } from "../../errors.ts";
import { formatInstant, type Instant } from "../../instant.ts";
import type { CollectionName } from "../collections.ts";

/**
 * A record as it is after a change, every other byte as it was.
 *
 * @throws GraphtapError `usage` when records of the collection do not change
 */
export function changeRecord(collection: CollectionName, bytes: Uint8Array, when: Instant): Uint8Array {
  const text = Buffer.from(bytes).toString("utf8");
  const at = JSON.stringify(formatInstant(when));
  switch (collection) {
    case "alerts":
      return replaced(text, {
        status: nextOf(text, ["newAlert", "inProgress", "resolved"]),
        lastModifiedDateTime: at,
      });
    case "alerts_v2":
      return replaced(text, {
        status: nextOf(text, ["new", "inProgress", "resolved"]),
        lastUpdateDateTime: at,
      });
    case "secureScores":
      return replaced(text, { currentScore: `${when.seconds % 500}.5` });
    case "secureScoreControlProfiles":
      return replaced(text, { rank: String(when.seconds % 1000) });
    default:
      throw new GraphtapError("usage", `Cannot update a record of "${collection}": its records never change`);
  }
}

function nextOf(text: string, states: readonly string[]): string {
  const { status } = JSON.parse(text) as { status?: string };
  return JSON.stringify(states[(states.indexOf(status ?? "") + 1) % states.length]);
}

function replaced(text: string, values: Readonly<Record<string, string>>): Uint8Array {
  const changed = Object.entries(values).reduce((json, [key, value]) => {
    const found = topLevelValue(json, key);
    if (found !== null) return json.slice(0, found.from) + value + json.slice(found.to);
    return json.replace(/\}\s*$/, `,${JSON.stringify(key)}:${value}}`);
  }, text);
  return Buffer.from(changed, "utf8");
}

/** Where the value of a member of the outermost object stands; `null` when there is no such member. */
function topLevelValue(json: string, key: string): { from: number; to: number } | null {
  const pattern = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g;
  let depth = 0;
  let atKey = true;
  let wanted = false;
  let from = 0;
  for (let match = pattern.exec(json); match !== null; match = pattern.exec(json)) {
    const token = match[0];
    if (depth === 1 && wanted && (token === "," || token === "}")) return { from, to: match.index };
    if (depth === 1 && atKey && token === JSON.stringify(key)) wanted = true;
    else if (depth === 1 && token === ":") {
      atKey = false;
      from = pattern.lastIndex;
    } else if (depth === 1 && token === ",") atKey = true;
    if (token === "{" || token === "[") depth++;
    else if (token === "}" || token === "]") depth--;
  }
  return null;
}
