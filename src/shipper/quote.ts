/** How texts are written down: in YAML, as comments. */
import { GraphtapError } from "../errors.ts";

// What YAML reads as something else than a text, in any of its versions.
const RESERVED = /^(y|n|yes|no|on|off|true|false|null|~)$/i;
const PLAIN = /^[A-Za-z/_$][\w./@$!,+-]*(:[\w./@$!,+-]+)*$/;

/** A text as a YAML scalar: as it is where that is safe, in double quotes elsewhere. */
export function yamlText(text: string): string {
  return PLAIN.test(text) && !RESERVED.test(text) ? text : quoted(text);
}

/** Texts as a YAML list on one line, where a comma would end an item. */
export function yamlList(texts: readonly string[]): string {
  return `[${texts.map((text) => text.includes(",") ? quoted(text) : yamlText(text)).join(", ")}]`;
}

// JSON is YAML but for these, which YAML 1.1 takes for line breaks or leaves out.
function quoted(text: string): string {
  return JSON.stringify(text).replace(
    /[\u2028\u2029\uFEFF]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** A text as comment lines of YAML. */
export function comment(text: string): string {
  return text.split("\n").map((line) => `# ${line}`.trimEnd() + "\n").join("");
}

/** The lines of a block further in by so many spaces. */
export function indent(block: string, spaces: number): string {
  return block.replace(/^(?=.)/gm, " ".repeat(spaces));
}

/**
 * Refuses a value that a shipper would read as something else: neither has a way to write these characters so that
 * they mean themselves in every version.
 *
 * @throws config-invalid
 */
export function refuse(what: string, value: string, pattern: RegExp, shipper: string): void {
  const found = /\p{Cc}/u.exec(value) ?? pattern.exec(value);
  if (found === null) return;
  throw new GraphtapError(
    "config-invalid",
    `Cannot write ${JSON.stringify(value)} into a configuration of ${shipper}: ${what} holds ${
      JSON.stringify(found[0])
    }, which ${shipper} reads as something else; use another path`,
  );
}
