import { parseSync } from "vite";

/** A function of a source file. */
export interface FunctionLines {
  /** Its own name, or the one of what holds it; `line N` when it has none. */
  readonly name: string;
  /** Lines from its first to its last, those of functions within it included. */
  readonly lines: number;
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [member: string]: unknown;
}

/** Every function of a text in TypeScript. TypeScript 7 has no parser to call; Vite, which runs the tests, has one. */
export function functionsOf(file: string, text: string): FunctionLines[] {
  const { program, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`Cannot parse ${file}: ${errors[0]!.message}`);
  const found: FunctionLines[] = [];
  const lineOf = lineNumbers(text);
  const visit = (node: Node, holder: string | undefined): void => {
    const name = nameOf(node) ?? holder;
    if (/^(Arrow)?Function/.test(node.type) && node["body"]) {
      const first = lineOf(node.start);
      found.push({ name: name ?? `line ${first}`, lines: lineOf(node.end) - first + 1 });
    }
    // A name goes to the function that is its value, and not to those further in.
    const passesOn = /^(VariableDeclarator|Property|MethodDefinition|PropertyDefinition)$/.test(node.type);
    for (const child of childrenOf(node)) visit(child, passesOn ? name : undefined);
  };
  visit(program as unknown as Node, undefined);
  return found;
}

function nameOf(node: Node): string | undefined {
  const named = (node["id"] ?? node["key"]) as { name?: unknown } | null | undefined;
  return typeof named?.name === "string" ? named.name : undefined;
}

function childrenOf(node: Node): Node[] {
  return Object.values(node).flatMap((member) => Array.isArray(member) ? member : [member]).filter(isNode);
}

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && typeof (value as Node).type === "string";

/** Tells the line of an offset. */
function lineNumbers(text: string): (offset: number) => number {
  const starts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
  return (offset) => starts.findLastIndex((start) => start <= offset) + 1;
}
