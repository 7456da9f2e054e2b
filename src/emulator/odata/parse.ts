import type { FilterOperator } from "../../plugin/plugin.ts";
import { type Expression, invalidFilter, type Literal } from "./expression.ts";
import { type Token, tokenize } from "./tokens.ts";

const COMPARISONS: readonly string[] = ["eq", "ne", "ge", "le", "gt", "lt"];
const FUNCTIONS: readonly string[] = ["startswith", "contains"];

/**
 * Parses the part of OData's filter language that the log collections use: and, or, not, parentheses, the six
 * comparisons, `startswith`, `contains` and `path/any(x: …)`.
 *
 * @throws QueryError for anything else.
 */
export function parseFilter(filter: string): Expression {
  const tokens = tokenize(filter);
  let at = 0;
  const expression = or();
  if (at < tokens.length) throw unexpected(tokens[at]);
  return expression;

  function or(): Expression {
    let left = and();
    while (keyword("or")) left = { kind: "or", left, right: and() };
    return left;
  }

  function and(): Expression {
    let left = unary();
    while (keyword("and")) left = { kind: "and", left, right: unary() };
    return left;
  }

  function unary(): Expression {
    if (keyword("not")) return { kind: "not", operand: unary() };
    if (!mark("(")) return test();
    const inner = or();
    expect(")");
    return inner;
  }

  function test(): Expression {
    const path = name();
    if (!mark("(")) return { kind: "test", path, operator: comparison(), literal: literal() };
    if (path.endsWith("/any")) return any(path.slice(0, -4));
    const operator = FUNCTIONS.find((known) => known === path.toLowerCase());
    if (operator === undefined) throw invalidFilter(`function "${path}" is not known`);
    const subject = name();
    expect(",");
    const text = literal();
    expect(")");
    // "startswith(…) eq true" is the long form of the same.
    if (keyword("eq")) {
      const truth = literal();
      if (truth.type !== "boolean" || !truth.value) {
        throw invalidFilter(`${path}() equals true or stands alone`);
      }
    }
    return { kind: "test", path: subject, operator: operator as FilterOperator, literal: text };
  }

  function any(path: string): Expression {
    const variable = name();
    expect(":");
    const inner = or();
    expect(")");
    return { kind: "any", path, variable, inner };
  }

  function name(): string {
    const token = tokens[at++];
    if (token?.kind !== "name") throw unexpected(token);
    return token.text;
  }

  function comparison(): FilterOperator {
    const text = name();
    if (!COMPARISONS.includes(text)) throw invalidFilter(`operator "${text}" is not known`);
    return text as FilterOperator;
  }

  function literal(): Literal {
    const token = tokens[at++];
    if (token?.kind !== "literal") throw unexpected(token);
    return token.literal;
  }

  /** Clients in the field write AND as well as and. */
  function keyword(text: string): boolean {
    const token = tokens[at];
    if (token?.kind !== "name" || token.text.toLowerCase() !== text) return false;
    at++;
    return true;
  }

  function mark(text: string): boolean {
    const token = tokens[at];
    if (token?.kind !== "mark" || token.text !== text) return false;
    at++;
    return true;
  }

  function expect(text: string): void {
    if (!mark(text)) throw unexpected(tokens[at]);
  }
}

function unexpected(token: Token | undefined) {
  if (token === undefined) return invalidFilter("the clause ends too early");
  return invalidFilter(
    token.kind === "literal" ? "a constant stands where none can" : `"${token.text}" stands where it cannot`,
  );
}
