/** Changing the blocks of a YAML document in place, so that comments and order stay. */
import {
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  Scalar,
  visit,
  YAMLMap,
} from "yaml";

/** The name of a key. */
export function nameOf(pair: Pair): string {
  return String(isScalar(pair.key) ? pair.key.value : pair.key);
}

/** The pair of a key, `undefined` when the block has none. */
export function pairOf(block: YAMLMap, name: string): Pair | undefined {
  return block.items.find((pair) => nameOf(pair) === name);
}

/** The plain value of a key; `undefined` when it is missing or has no value. */
export function valueOf(document: Document, block: YAMLMap, name: string): unknown {
  const value = pairOf(block, name)?.value;
  return (value as Node | null | undefined)?.toJS(document) ?? undefined;
}

/** Renames a key where it stands, with its comments. */
export function renameKey(pair: Pair, name: string): void {
  if (isScalar(pair.key)) pair.key.value = name;
  else pair.key = new Scalar(name);
}

/** Removes a key; whether it was there. */
export function removeKey(block: YAMLMap, name: string): boolean {
  const at = block.items.findIndex((pair) => nameOf(pair) === name);
  if (at >= 0) block.items.splice(at, 1);
  return at >= 0;
}

/** Sets a key in its place, comments and all, or as the last one. */
export function setKey(document: Document, block: YAMLMap, name: string, value: unknown): void {
  const pair = pairOf(block, name);
  if (pair === undefined) return block.add(document.createPair(name, value));
  const before = pair.value;
  const after = document.createNode(value);
  if (isScalar(before) && isScalar(after)) {
    after.comment = before.comment ?? null;
    after.commentBefore = before.commentBefore ?? null;
  }
  pair.value = after;
}

/** The block of a pair; a key without a value gets an empty one. */
export function blockOf(pair: Pair): YAMLMap | null {
  if (isMap(pair.value)) return pair.value;
  const isEmpty = pair.value === null || (isScalar(pair.value) && pair.value.value === null);
  if (!isEmpty) return null;
  const block = new YAMLMap();
  pair.value = block;
  return block;
}

/** A copy that can stand beside the original: an anchor has one place. */
export function copyOf<N extends Node>(node: N): N {
  const copy = node.clone() as N;
  const free = (one: { anchor?: string | undefined }) => void delete one.anchor;
  visit(copy, { Scalar: (_, one) => free(one), Map: (_, one) => free(one), Seq: (_, one) => free(one) });
  return copy;
}

/** Writes out every alias and merged block (`<<`) in a block, so that each part of it can be changed alone. */
export function writeOut(document: Document, node: unknown): unknown {
  if (isAlias(node)) {
    const target = node.resolve(document);
    return target === undefined ? node : writeOut(document, copyOf(target));
  }
  if (isSeq(node)) node.items = node.items.map((item) => writeOut(document, item));
  if (isMap(node)) {
    const own = node.items.filter((pair) => !isMerge(pair));
    for (const pair of own) pair.value = writeOut(document, pair.value);
    const merged = node.items.filter(isMerge).flatMap((pair) => mergedPairs(document, pair));
    const names = new Set(own.map(nameOf));
    const added = merged.filter((pair) => !names.has(nameOf(pair)) && names.add(nameOf(pair)));
    node.items = [...own, ...added];
  }
  return node;
}

function isMerge(pair: Pair): boolean {
  return nameOf(pair) === "<<" || (isScalar(pair.key) && typeof pair.key.value === "symbol");
}

function mergedPairs(document: Document, pair: Pair): Pair[] {
  const source = writeOut(document, pair.value);
  const blocks = isSeq(source) ? source.items : [source];
  return blocks.flatMap((block) => isMap(block) ? block.items.filter((item) => isPair(item)) : []);
}
