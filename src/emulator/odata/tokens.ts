import { parseInstant } from "../../instant.ts";
import { invalidFilter, type Literal } from "./expression.ts";

/** A word of a filter: a name (paths included), a constant, or one of `( ) , :`. */
export type Token =
  | { readonly kind: "name"; readonly text: string }
  | { readonly kind: "literal"; readonly literal: Literal }
  | { readonly kind: "mark"; readonly text: string };

// OData's own forms: quotes are doubled inside strings; dates and numbers stand bare.
const PATTERN =
  /\s*(?:('(?:[^']|'')*')|(\d{4}-\d{2}-\d{2}(?:T[0-9:.]+(?:Z|[+-]\d{2}:\d{2}))?)(?![\w-])|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.-])|([A-Za-z_@][\w.@]*(?:\/[A-Za-z_@][\w.@]*)*)|([(),:]))/y;

/** Cuts a filter into words. */
export function tokenize(filter: string): Token[] {
  const tokens: Token[] = [];
  const end = filter.trimEnd().length;
  PATTERN.lastIndex = 0;
  while (PATTERN.lastIndex < end) {
    const from = PATTERN.lastIndex;
    const match = PATTERN.exec(filter);
    if (match === null) throw invalidFilter(`cannot read "${filter.slice(from, from + 24)}"`);
    const [, text, date, number, name, mark] = match;
    if (text !== undefined) {
      const value = text.slice(1, -1).replaceAll("''", "'");
      tokens.push({ kind: "literal", literal: { type: "string", value } });
    } else if (date !== undefined) tokens.push({ kind: "literal", literal: instant(date) });
    else if (number !== undefined) {
      tokens.push({ kind: "literal", literal: { type: "number", value: Number(number) } });
    } else if (name !== undefined) tokens.push(word(name));
    else if (mark !== undefined) tokens.push({ kind: "mark", text: mark });
  }
  return tokens;
}

function word(text: string): Token {
  if (text === "true" || text === "false") {
    return { kind: "literal", literal: { type: "boolean", value: text === "true" } };
  }
  return text === "null" ? { kind: "literal", literal: { type: "null" } } : { kind: "name", text };
}

/** Edm.DateTimeOffset has up to seven fraction digits; a bare date means its midnight. */
function instant(text: string): Literal {
  const value = parseInstant(text.length === 10 ? `${text}T00:00:00Z` : text);
  if (value === null || /\.\d{8}/.test(text)) throw invalidFilter(`"${text}" is not a date and time`);
  return { type: "instant", value };
}
