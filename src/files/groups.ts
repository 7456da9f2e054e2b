import { readFileSync } from "node:fs";

/** The file of a Unix host that lists its groups. */
const GROUPS = "/etc/group";

/**
 * The number of a group of this host. Groups of a directory service are not in the file and go by their number.
 *
 * @param group its name, or its number as text
 * @param file @default "/etc/group"
 * @returns `null` when there is no such group, or when the file cannot be read
 */
export function groupNumber(group: string, file: string = GROUPS): number | null {
  if (/^\d{1,10}$/.test(group)) return Number(group);
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return null;
  }
  // group(5): name, password, number, members.
  const number = text.split("\n").map((line) => line.split(":")).find(([name]) => name === group)?.[2];
  return number !== undefined && /^\d{1,10}$/.test(number) ? Number(number) : null;
}
