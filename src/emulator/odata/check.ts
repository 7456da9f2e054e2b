import { addSeconds, compareInstants, type Instant } from "../../instant.ts";
import type { Property, PropertyTable } from "./properties.ts";
import { type Any, type Expression, invalidFilter, type Literal, type Test } from "./expression.ts";

/** What a filter may do. */
export interface FilterRules {
  readonly properties: PropertyTable;
  /** Days before `now` that a date may lie, or `null` for any. */
  readonly days: number | null;
  readonly now: Instant;
}

/**
 * Refuses what the collection does not document: properties, operators, and constants of the wrong type.
 *
 * @throws QueryError
 */
export function checkFilter(expression: Expression, rules: FilterRules): void {
  check(expression, (path) => rules.properties[path]);

  function check(part: Expression, property: (path: string) => Property | undefined): void {
    if (part.kind === "test") checkTest(part, property(part.path));
    else if (part.kind === "any") checkAny(part, property(part.path));
    else if (part.kind === "not") check(part.operand, property);
    else {
      check(part.left, property);
      check(part.right, property);
    }
  }

  function checkTest({ path, operator, literal }: Test, property: Property | undefined): void {
    if (property === undefined) throw invalidFilter(`property "${path}" cannot be filtered`);
    if (!property.operators.includes(operator)) throw invalidFilter(`"${path}" does not know "${operator}"`);
    checkLiteral(path, property, literal);
  }

  function checkAny(part: Any, array: Property | undefined): void {
    if (array?.type !== "strings" && array?.type !== "objects") {
      throw invalidFilter(`"${part.path}" is not an array that can be filtered`);
    }
    check(part.inner, (path) => {
      if (path === part.variable) {
        return array.type === "strings" ? { type: "string", operators: array.operators } : undefined;
      }
      const prefix = `${part.variable}/`;
      return path.startsWith(prefix) ? array.elements?.[path.slice(prefix.length)] : undefined;
    });
  }

  function checkLiteral(path: string, property: Property, literal: Literal): void {
    if (property.type === "strings" || property.type === "objects") {
      throw invalidFilter(`"${path}" is an array: use ${path}/any(x: …)`);
    }
    if (literal.type !== "null" && literal.type !== property.type) {
      throw invalidFilter(`"${path}" is compared with a ${literal.type}, expected ${property.type}`);
    }
    if (literal.type !== "instant" || rules.days === null) return;
    if (compareInstants(literal.value, addSeconds(rules.now, -rules.days * 86_400)) < 0) {
      throw invalidFilter(`"${path}" is compared with a time more than ${rules.days} days ago`);
    }
  }
}
