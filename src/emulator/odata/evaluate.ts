import { compareInstants, type Instant } from "../../instant.ts";
import type { Expression, Literal } from "./expression.ts";

/** A value that a filter can look at. Elements of arrays of objects come as tables of their own. */
export type Value = string | number | boolean | Instant | null | readonly string[] | readonly Fields[];

/** The filterable values of a record, by path. What the record lacks is missing. */
export type Fields = ReadonlyMap<string, Value>;

/** Whether a record with these fields matches. */
export function matches(expression: Expression, fields: Fields): boolean {
  switch (expression.kind) {
    case "and":
      return matches(expression.left, fields) && matches(expression.right, fields);
    case "or":
      return matches(expression.left, fields) || matches(expression.right, fields);
    case "not":
      return !matches(expression.operand, fields);
    case "test":
      return compare(fields.get(expression.path) ?? null, expression.operator, expression.literal);
    case "any": {
      const elements = fields.get(expression.path);
      if (!Array.isArray(elements)) return false;
      return elements.some((element) => matches(expression.inner, bind(expression.variable, element)));
    }
  }
}

/** The fields that the inner clause of an `any` sees. */
function bind(variable: string, element: string | Fields): Fields {
  if (typeof element === "string") return new Map([[variable, element]]);
  return new Map([...element].map(([path, value]) => [`${variable}/${path}`, value]));
}

/** OData: nothing is greater or less than null, and null equals only null. */
function compare(value: Value, operator: string, literal: Literal): boolean {
  if (literal.type === "null" || value === null) {
    const same = literal.type === "null" && value === null;
    return operator === "eq" ? same : operator === "ne" && !same;
  }
  if (operator === "startswith") return String(value).startsWith(String(literal.value));
  if (operator === "contains") return String(value).includes(String(literal.value));
  const order = orderOf(value, literal.value);
  switch (operator) {
    case "eq":
      return order === 0;
    case "ne":
      return order !== 0;
    case "ge":
      return order >= 0;
    case "le":
      return order <= 0;
    case "gt":
      return order > 0;
    default:
      return order < 0;
  }
}

/** Orders two values of one type; NaN, and so no match but `ne`, when their types differ. */
export function orderOf(a: Value, b: Value): number {
  if (isInstant(a) && isInstant(b)) return compareInstants(a, b);
  if (typeof a !== typeof b || typeof a === "object") return Number.NaN;
  return a === b ? 0 : (a as string | number) < (b as string | number) ? -1 : 1;
}

function isInstant(value: Value): value is Instant {
  return typeof value === "object" && value !== null && "seconds" in value;
}
