import { Buffer } from "node:buffer";
import type { Changed } from "./samples.ts";

/** A record with other values for members of its outermost object, every other byte as it was. */
export function changeRecord(
  bytes: Uint8Array,
  change: (record: Record<string, unknown>) => Changed,
): Uint8Array {
  const text = Buffer.from(bytes).toString("utf8");
  const changed = Object.entries(change(JSON.parse(text))).reduce((json, [key, value]) => {
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
