/** What `additional_filter` may hold. */

/**
 * Why a clause cannot be and-ed to ours, completing "expected …"; `null` when it can.
 * Graph judges the rest: only what would change the meaning of our own clause is caught here.
 */
export function filterClauseRemark(clause: string): string | null {
  if (/[\r\n]/.test(clause)) return "an OData clause on one line";
  let depth = 0;
  let quoted = false;
  for (const character of clause) {
    // A quote inside a literal is doubled, which leaves and enters it again.
    if (character === "'") quoted = !quoted;
    else if (!quoted && character === "(") depth++;
    else if (!quoted && character === ")" && --depth < 0) return 'an OData clause without a ")" too many';
  }
  if (quoted) return "an OData clause whose every ' is closed";
  if (depth > 0) return 'an OData clause whose every "(" is closed';
  return null;
}
