import type { Instant } from "../../instant.ts";
import type { FilterOperator } from "../../plugin/plugin.ts";

/** A constant in a filter. */
export type Literal =
  | { readonly type: "string"; readonly value: string }
  | { readonly type: "number"; readonly value: number }
  | { readonly type: "boolean"; readonly value: boolean }
  | { readonly type: "instant"; readonly value: Instant }
  | { readonly type: "null" };

/** One comparison or function call. Paths are written with `/`; inside `any` they start with the variable. */
export interface Test {
  readonly kind: "test";
  readonly path: string;
  readonly operator: FilterOperator;
  readonly literal: Literal;
}

/** `path/any(variable: inner)`. */
export interface Any {
  readonly kind: "any";
  readonly path: string;
  readonly variable: string;
  readonly inner: Expression;
}

/** A parsed filter. */
export type Expression =
  | { readonly kind: "and" | "or"; readonly left: Expression; readonly right: Expression }
  | { readonly kind: "not"; readonly operand: Expression }
  | Test
  | Any;

/** Whether `path` is named anywhere in `expression`. */
export function names(expression: Expression, path: string): boolean {
  switch (expression.kind) {
    case "test":
      return expression.path === path;
    case "any":
      return expression.path === path || names(expression.inner, path);
    case "not":
      return names(expression.operand, path);
    default:
      return names(expression.left, path) || names(expression.right, path);
  }
}

/** A query that Graph would answer with 400; the message is Graph's. */
export class QueryError extends Error {
  /** Why, for whoever reads the emulator's answer: Graph itself does not say. */
  readonly reason: string;

  constructor(message: string, reason: string) {
    super(message);
    this.name = "QueryError";
    this.reason = reason;
  }
}

/** The answer to every filter that Graph does not understand. */
export function invalidFilter(reason: string): QueryError {
  return new QueryError("Invalid filter clause", reason);
}
