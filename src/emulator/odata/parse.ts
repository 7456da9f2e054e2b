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
  const reader = createReader(tokenize(filter));
  const expression = or(reader);
  reader.end();
  return expression;
}

function or(reader: Reader): Expression {
  let left = and(reader);
  while (reader.keyword("or")) left = { kind: "or", left, right: and(reader) };
  return left;
}

function and(reader: Reader): Expression {
  let left = unary(reader);
  while (reader.keyword("and")) left = { kind: "and", left, right: unary(reader) };
  return left;
}

function unary(reader: Reader): Expression {
  if (reader.keyword("not")) return { kind: "not", operand: unary(reader) };
  if (!reader.mark("(")) return test(reader);
  const inner = or(reader);
  reader.expect(")");
  return inner;
}

function test(reader: Reader): Expression {
  const path = reader.name();
  if (!reader.mark("(")) {
    return { kind: "test", path, operator: comparison(reader), literal: reader.literal() };
  }
  if (path.endsWith("/any")) return any(reader, path.slice(0, -4));
  const operator = FUNCTIONS.find((known) => known === path.toLowerCase());
  if (operator === undefined) throw invalidFilter(`function "${path}" is not known`);
  const subject = reader.name();
  reader.expect(",");
  const text = reader.literal();
  reader.expect(")");
  // "startswith(…) eq true" is the long form of the same.
  if (reader.keyword("eq")) {
    const truth = reader.literal();
    if (truth.type !== "boolean" || !truth.value) {
      throw invalidFilter(`${path}() equals true or stands alone`);
    }
  }
  return { kind: "test", path: subject, operator: operator as FilterOperator, literal: text };
}

function any(reader: Reader, path: string): Expression {
  const variable = reader.name();
  reader.expect(":");
  const inner = or(reader);
  reader.expect(")");
  return { kind: "any", path, variable, inner };
}

function comparison(reader: Reader): FilterOperator {
  const text = reader.name();
  if (!COMPARISONS.includes(text)) throw invalidFilter(`operator "${text}" is not known`);
  return text as FilterOperator;
}

/** Takes the words of a filter one by one. Each of its functions throws a QueryError where another word stands. */
interface Reader {
  name(): string;
  literal(): Literal;
  /** Takes this word if it is the next. Clients in the field write AND as well as and. */
  keyword(text: string): boolean;
  /** Takes this mark if it is the next. */
  mark(text: string): boolean;
  expect(text: string): void;
  end(): void;
}

function createReader(tokens: readonly Token[]): Reader {
  let at = 0;
  const take = (isNext: boolean) => {
    if (isNext) at++;
    return isNext;
  };
  const reader: Reader = {
    name() {
      const token = tokens[at++];
      if (token?.kind !== "name") throw unexpected(token);
      return token.text;
    },
    literal() {
      const token = tokens[at++];
      if (token?.kind !== "literal") throw unexpected(token);
      return token.literal;
    },
    keyword(text) {
      const token = tokens[at];
      return take(token?.kind === "name" && token.text.toLowerCase() === text);
    },
    mark(text) {
      const token = tokens[at];
      return take(token?.kind === "mark" && token.text === text);
    },
    expect(text) {
      if (!reader.mark(text)) throw unexpected(tokens[at]);
    },
    end() {
      if (at < tokens.length) throw unexpected(tokens[at]);
    },
  };
  return reader;
}

function unexpected(token: Token | undefined) {
  if (token === undefined) return invalidFilter("the clause ends too early");
  return invalidFilter(
    token.kind === "literal" ? "a constant stands where none can" : `"${token.text}" stands where it cannot`,
  );
}
