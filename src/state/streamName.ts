import { Buffer } from "node:buffer";
import { hash } from "node:crypto";

// Most file systems end a name at 255 bytes; what we append (".reset", ".corrupt-1763827200123") must fit too.
const LONGEST = 200;

// The lock and its claims, hidden files, and the files of the collector that graphtap replaces (32 hex digits).
const TAKEN = /^(?:\.|lock$|lock\.|[0-9a-f]{32}$)/;

/**
 * A folder name for any non-empty text; different texts have different names.
 *
 * ASCII letters, digits, `_`, `-` and `.` stay, the rest becomes `%XX` of its UTF-8 bytes (`%uXXXX` for half a
 * surrogate pair, which has none). A name that is taken has its first letter escaped. A long one is cut and ends
 * in `~` and a SHA-256: {@linkcode decodeName} cannot read it back.
 */
export function encodeName(text: string): string {
  let name = "";
  for (const letter of text) name += /[A-Za-z0-9_.-]/.test(letter) ? letter : escape(letter);
  if (TAKEN.test(name)) name = escape(name.charAt(0)) + name.slice(1);
  if (name.length <= LONGEST) return name;
  // UTF-16, because UTF-8 would make all halves of surrogate pairs the same.
  return `${name.slice(0, 100)}~${hash("sha256", Buffer.from(text, "utf16le"), "hex")}`;
}

/** The text that a folder name stands for; `null` when it cannot be told, or when no text makes this name. */
export function decodeName(name: string): string | null {
  let text: string;
  try {
    text = name.replace(
      /%u([0-9A-F]{4})|((?:%[0-9A-F]{2})+)/g,
      (_, half: string | undefined, bytes: string) =>
        half === undefined ? decodeURIComponent(bytes) : String.fromCharCode(Number.parseInt(half, 16)),
    );
  } catch {
    return null;
  }
  return text !== "" && encodeName(text) === name ? text : null;
}

function escape(letter: string): string {
  const unit = letter.charCodeAt(0);
  if (letter.length === 1 && unit >= 0xd800 && unit <= 0xdfff) return `%u${unit.toString(16).toUpperCase()}`;
  return [...Buffer.from(letter)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join(
    "",
  );
}
