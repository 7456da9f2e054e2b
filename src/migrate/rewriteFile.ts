/** A configuration of the 1.x line as one of 2.x. */
import { type Document, isMap, parseDocument, type YAMLMap } from "yaml";
import { GraphtapError } from "../errors.ts";
import type { Registry } from "../plugin/registry.ts";
import { hasOldSigns, signsOf } from "../config/collectorVersion.ts";
import { renameInInput, rewriteInput, rewriteOldKeys } from "./rewriteInput.ts";
import type { Rewriting } from "./rewriteService.ts";
import { blockOf, nameOf, pairOf, setKey, valueOf } from "./yamlBlock.ts";

/** What a rewriting comes to. */
export interface Rewritten {
  /** YAML for YAML, JSON for JSON; the text as it was when there is nothing to do. */
  readonly text: string;
  /** What was changed or dropped and why, in the order of the file. */
  readonly notes: readonly string[];
}

/**
 * Rewrites a configuration that is right. Comments and order stay where YAML has them; JSON stays JSON.
 *
 * @param keepTags keep the tags of 1.x, instead of those that the collector's migration guide gives
 * @throws usage when tags of 1.x and of 2.x would have to be kept in one file
 */
export function rewriteFile(text: string, registry: Registry, keepTags: boolean): Rewritten {
  const document = parseDocument(text, { schema: "core", merge: true, stringKeys: true, logLevel: "error" });
  const root = document.contents;
  const inputs = isMap(root) ? pairOf(root, "inputs")?.value : undefined;
  if (!isMap(root) || !isMap(inputs)) return { text, notes: [] };
  const old = inputs.items.filter((pair) => isOld(document, inputs, nameOf(pair)));
  const generation = chosenGeneration(document, root);
  const keeps = keepTags || generation === "1";
  if (keepTags && old.length > 0 && old.length < inputs.items.length) {
    const other = inputs.items.find((pair) => !old.includes(pair))!;
    throw new GraphtapError(
      "usage",
      `--keep-tags sets globals.tag_generation, but "${
        nameOf(other)
      }" has the tags of 2.x; split the file in two`,
    );
  }
  const notes: string[] = [];
  const rewriting: Rewriting = {
    document,
    keepTags: keeps,
    isOld: true,
    defaultsToV1: generation === null || generation === "1",
    note: (key, remark) => notes.push(`${key}: ${remark}`),
  };
  const isTaken = (name: string) => pairOf(inputs, name) !== undefined;
  for (const pair of [...inputs.items]) {
    if (!old.includes(pair)) {
      const newer = { ...rewriting, isOld: false, defaultsToV1: false };
      const { oldKeys } = signsOf(nameOf(pair), valueOf(document, inputs, nameOf(pair)));
      (oldKeys.length > 0 ? rewriteOldKeys : renameInInput)(newer, pair, registry);
      continue;
    }
    const at = inputs.items.indexOf(pair);
    const successors = rewriteInput(rewriting, pair, registry, isTaken);
    inputs.items.splice(at, 1, ...successors);
  }
  if (old.length > 0) settleGeneration(rewriting, root, generation);
  return { text: notes.length === 0 ? text : print(document, text), notes };
}

function isOld(document: Document, inputs: YAMLMap, name: string): boolean {
  return hasOldSigns(signsOf(name, valueOf(document, inputs, name)));
}

function chosenGeneration(document: Document, root: YAMLMap): string | null {
  const blocks = ["global_overrides", "globals"].map((name) => valueOf(document, root, name));
  const chosen = blocks.map((block) =>
    (block as { tag_generation?: unknown } | undefined)?.tag_generation ?? null
  );
  const first = chosen.find((one) => one !== null);
  return first === undefined ? null : String(first);
}

function settleGeneration(
  { document, keepTags, note }: Rewriting,
  root: YAMLMap,
  generation: string | null,
): void {
  if (generation !== null) return;
  if (!keepTags) {
    note(
      "globals.tag_generation",
      'tags have the generation "2" where they had "1", in the same tables unless said otherwise above; ' +
        "--keep-tags keeps them",
    );
    return;
  }
  const name = pairOf(root, "globals") === undefined && pairOf(root, "global_overrides") !== undefined
    ? "global_overrides"
    : "globals";
  if (pairOf(root, name) === undefined) {
    root.items.unshift(document.createPair(name, {}) as YAMLMap["items"][number]);
  }
  setKey(document, blockOf(pairOf(root, name)!)!, "tag_generation", "1");
  note(`${name}.tag_generation`, '"1", which keeps the tags of 1.x');
}

function print(document: Document, text: string): string {
  if (text.trimStart().startsWith("{")) {
    const indent = /\n([ \t]+)"/.exec(text)?.[1] ?? "  ";
    return `${JSON.stringify(document.toJS(), null, indent)}\n`;
  }
  const rewritten = document.toString({ lineWidth: 0, flowCollectionPadding: /\{ /.test(text) });
  return text.includes("\r\n") ? rewritten.replaceAll("\n", "\r\n") : rewritten;
}
