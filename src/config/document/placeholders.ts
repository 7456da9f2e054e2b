/** Texts that were to be replaced before the file is used, and were not: `<tenant_id>`, `%GRAPH_SECRET%`. */
import type { Path } from "./places.ts";

const PLACEHOLDER = "holds a placeholder; put your own value in its place, or remove the key";

/** What is said of a variable in a form that is no reference. */
const VARIABLE =
  "holds a variable that nothing here replaces; write ${NAME}, the value itself, or for a secret {env: NAME}";

/** What is said of a line whose reference breaks the YAML around it. */
export const BARE_REFERENCE =
  'this line holds a variable within { } or [ ], where YAML takes its braces for a block; put it in quotes: "${NAME}"';

// Whole, or within a word such as https://<host>/.
const MARKED = /^\s*<[^<>]*>\s*$|^\S*<[A-Za-z][\w.-]*>\S*$/;
// As shells and shippers write it, templates such as Helm's, and Windows.
const NAMED = /\$\{[A-Za-z_]\w*([:?+-][^}]*)?\}|\{\{.*\}\}|^\s*(\$[A-Z_][A-Z0-9_]*|%[A-Z_][A-Z0-9_]*%)\s*$/;

/** Whether a text is one such as `<secret>`. */
export function isMarked(text: string): boolean {
  return MARKED.test(text);
}

/** What a text is that should have been replaced; `null` for any other. */
export function placeholderRemark(text: string): string | null {
  if (isMarked(text)) return PLACEHOLDER;
  return NAMED.test(text) ? VARIABLE : null;
}

/** `obfuscation_data.0.value` may well be `<masked>`, and its patterns anything: such texts are never replaced. */
export function isReplacement(path: Path): boolean {
  const [block, , name] = path.slice(-3);
  return block === "obfuscation_data" && (name === "value" || name === "string_patterns");
}
