/** Where keys and values stand in a YAML document. */
import type { Alias, Document, Node, Pair, YAMLMap } from "yaml";
import { isAlias, isMap, isNode, isScalar, isSeq, visit } from "yaml";

/** From the top of the file to a value. */
export type Path = readonly (string | number)[];

/** What a document says of its places, all as offsets in its text. */
export interface Places {
  /** Of a value or of its key; of a missing one, the key of the nearest block around it. */
  offsetOf(path: Path, part: "key" | "value"): number | null;
  /** What stands in the text for a plain scalar, without quotes or tag; `null` for any other value. */
  plainAt(path: Path): string | null;
  /** Aliases (`*name`) without an anchor (`&name`) before them. */
  readonly danglingAliases: readonly number[];
  /** Keys that stood in their block before. */
  readonly doubledKeys: readonly number[];
}

/** What one walk found. To look for each key or anchor anew would take a minute in a file of a few thousand inputs. */
interface Found {
  /** The keys of each block, of doubled ones the last, as in the value. */
  readonly pairs: Map<YAMLMap, Map<string, Pair>>;
  /** What each alias stands for. */
  readonly targets: Map<Alias, Node>;
}

/** Walks through a document once and remembers where everything is. */
export function findPlaces(document: Document): Places {
  const found: Found = { pairs: new Map(), targets: new Map() };
  const danglingAliases: number[] = [];
  const doubledKeys: number[] = [];
  const anchors = new Map<string, Node>();
  visit(document, (_, node) => {
    if (isAlias(node)) {
      const target = anchors.get(node.source);
      if (target === undefined) danglingAliases.push(startOf(node) ?? 0);
      else found.targets.set(node, target);
    } else if (isNode(node) && node.anchor !== undefined) {
      anchors.set(node.anchor, node);
    }
    if (!isMap(node)) return;
    const pairs = new Map<string, Pair>();
    for (const pair of node.items) {
      if (!isScalar(pair.key)) continue;
      const name = String(pair.key.value);
      if (pairs.has(name)) doubledKeys.push(startOf(pair.key) ?? 0);
      pairs.set(name, pair);
    }
    found.pairs.set(node, pairs);
  });
  return {
    offsetOf: (path, part) => offsetOf(document.contents, found, path, part),
    plainAt: (path) => plainAt(document.contents, found, path),
    danglingAliases,
    doubledKeys,
  };
}

function offsetOf(root: unknown, found: Found, path: Path, part: "key" | "value"): number | null {
  if (path.length === 0) return null;
  let node = root;
  let key: unknown = null;
  for (const step of path) {
    const holder = resolved(found, node);
    if (isMap(holder)) {
      const pair = pairOf(found, holder, String(step));
      if (pair === null) return startOf(key);
      key = pair.key;
      node = pair.value;
    } else if (isSeq(holder) && typeof step === "number" && step < holder.items.length) {
      node = holder.items[step];
      key = node;
    } else {
      return startOf(key);
    }
  }
  return part === "value" ? startOf(node) ?? startOf(key) : startOf(key);
}

function plainAt(root: unknown, found: Found, path: Path): string | null {
  let node = root;
  for (const step of path) {
    const holder = resolved(found, node);
    if (isMap(holder)) node = pairOf(found, holder, String(step))?.value;
    else if (isSeq(holder) && typeof step === "number") node = holder.items[step];
    else return null;
  }
  const scalar = resolved(found, node);
  if (!isScalar(scalar) || scalar.type !== "PLAIN" || scalar.tag !== undefined) return null;
  return scalar.source ?? null;
}

/** The pair of a key: the block's own, else one that `<<` merged in. */
function pairOf(found: Found, map: YAMLMap, key: string): Pair | null {
  const own = found.pairs.get(map)?.get(key);
  if (own !== undefined) return own;
  const merged = resolved(found, found.pairs.get(map)?.get("<<")?.value);
  for (const source of isSeq(merged) ? merged.items : [merged]) {
    const block = resolved(found, source);
    const pair = isMap(block) ? pairOf(found, block, key) : null;
    if (pair !== null) return pair;
  }
  return null;
}

function resolved(found: Found, node: unknown): unknown {
  return isAlias(node) ? found.targets.get(node) : node;
}

function startOf(node: unknown): number | null {
  return isNode(node) ? node.range?.[0] ?? null : null;
}
