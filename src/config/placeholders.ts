/** Texts that were to be replaced before the file is used, and were not: `<tenant_id>`, `${GRAPH_SECRET}`. */

const PLACEHOLDER = "holds a placeholder; put your own value in its place, or remove the key";

/** What is said of a variable, wherever it stands. */
export const VARIABLE =
  "holds a variable, and nothing here replaces it; write the value itself, or for a secret {env: NAME}";

// Whole, or within a word such as https://<host>/.
const MARKED = /^\s*<[^<>]*>\s*$|^\S*<[A-Za-z][\w.-]*>\S*$/;
// As shells and shippers write it, templates such as Helm's, and Windows.
const NAMED = /\$\{[A-Za-z_]\w*([:?+-][^}]*)?\}|\{\{.*\}\}|^\s*(\$[A-Z_][A-Z0-9_]*|%[A-Z_][A-Z0-9_]*%)\s*$/;

/** What a text is that should have been replaced; `null` for any other. */
export function placeholderRemark(text: string): string | null {
  if (MARKED.test(text)) return PLACEHOLDER;
  return NAMED.test(text) ? VARIABLE : null;
}
