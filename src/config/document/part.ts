/** One file of a configuration: its document, and where what is wrong in it is noted. */
import type { GraphtapError } from "../../errors.ts";
import { type CheckContext, checkKeys, findPlaceholders, isRecord, isSwitchedOff } from "../check.ts";
import type { Problem, ReadOptions } from "../config.ts";
import { type ConfigDocument, readDocument } from "./document.ts";
import type { Path } from "./places.ts";
import { byPosition, keyOf, kindOf, placed, type Report, type UnplacedProblem } from "./problems.ts";
import { type ReferenceProblem, type ReplacedDocument, replaceInDocument } from "./references.ts";
import type { fileSchema } from "../schema.ts";
import { expandTenants, saidOnce } from "../tenants.ts";

/** A file of a configuration as it was found. */
export interface FileText {
  /** As shown in messages; `-` for standard input. */
  readonly file: string;
  /** What stands in it, or why it cannot be read. */
  readonly text: string | GraphtapError;
}

/** A file that is read. */
export interface Part {
  readonly file: string;
  /** The map at its top; `null` where there is none. */
  readonly root: Readonly<Record<string, unknown>> | null;
  readonly context: CheckContext;
  /** A place as it is shown, such as `a.yaml:3:5`. */
  placeOf(path: Path): string;
  /** All that was noted up to now, sorted by position. */
  problems(): readonly Problem[];
}

/** What is the same for all files. */
export interface PartOptions {
  readonly options: ReadOptions;
  readonly schema: ReturnType<typeof fileSchema>;
  readonly homes: CheckContext["homes"];
}

/** Reads the document of a file and checks the keys at its top. */
export function openPart({ file, text }: FileText, { options, schema, homes }: PartOptions): Part {
  const document = readDocument(typeof text === "string" ? text : "");
  const replaced = replaceInDocument(document, options.env);
  const found: UnplacedProblem[] = [];
  const note: Report = (severity, path, message, details) => {
    found.push({ severity, path, message: replaced.hide(message), ...details });
  };
  if (typeof text !== "string") note("error", [], text.message, { code: text.code });
  const access = options.accessOf?.(file);
  if (access?.write) {
    const message = `every user of this host may write this file (mode ${access.mode}); chmod o-w closes it`;
    note("warning", [], message);
  }
  const isReadable = typeof text === "string" && document.value !== undefined;
  const unjudged = isReadable ? reportUnreplaced(replaced, note) : [];
  const { inputs, written, expanded } = expandTenants(
    isRecord(replaced.value) ? replaced.value["inputs"] : null,
    note,
  );
  const context: CheckContext = {
    registry: options.registry,
    report: saidOnce(note, written),
    placeholders: new Set(unjudged.flatMap(expanded).map(keyOf)),
    homes,
    plainAt: (path) => replaced.plainAt(written(path)),
  };
  const root = isReadable ? checkTop(context, replaced.value, schema) : null;
  return {
    file,
    root: withInputs(root, inputs),
    context,
    placeOf: (path) => {
      const place = document.placeOf(written(path), "key");
      return place === null ? file : `${file}:${place.line}:${place.column}`;
    },
    problems: () => sortedProblems(document, found),
  };
}

/** The map at the top; `null` where its inputs were all refused, so that nobody says that they are missing. */
function withInputs(root: Part["root"], inputs: unknown): Part["root"] {
  if (!isRecord(root?.["inputs"])) return root;
  return inputs === null ? null : { ...root, inputs };
}

function checkTop(context: CheckContext, root: unknown, schema: PartOptions["schema"]): Part["root"] {
  if (!isRecord(root)) {
    const found = root === null ? "nothing: the file is empty" : kindOf(root);
    context.report("error", [], `found ${found}; expected the blocks globals, outputs and inputs`);
    return null;
  }
  // Blocks that are only there for anchors, as Compose has them.
  const named = Object.fromEntries(Object.entries(root).filter(([key]) => !key.startsWith("x-")));
  checkKeys(context, schema, named, []);
  return root;
}

function sortedProblems(document: ConfigDocument, found: readonly UnplacedProblem[]): Problem[] {
  const syntax = document.problems.map((problem) => ({ severity: "error", key: "", ...problem }) as const);
  return [...syntax, ...placed(found, document)].toSorted(byPosition);
}

/** Reports what was to be replaced and was not; the paths that are not to be judged for it. */
function reportUnreplaced(document: ReplacedDocument, report: Report): readonly Path[] {
  const remarks = unreplaced(document);
  for (const { path, message, severity } of remarks) {
    report(path[0] === "outputs" ? "warning" : severity, path, message);
  }
  return remarks.flatMap(({ path, severity }) => severity === "error" ? [path] : []);
}

/** What was to be replaced and was not, and what is to be said of what was, but within what is switched off. */
function unreplaced({ value: root, replaced, problems }: ReplacedDocument): readonly ReferenceProblem[] {
  const placeholders = findPlaceholders(root)
    .filter(({ path }) => !replaced.has(keyOf(path)))
    .map(({ path, message }) => ({ severity: "error", path, message }) as const);
  return [...placeholders, ...problems].filter(({ path }) => !isWithinSwitchedOff(root, path));
}

/** Whether a path leads through an input or a service that is switched off. */
function isWithinSwitchedOff(root: unknown, path: Path): boolean {
  let block = root;
  return path[0] === "inputs" && path.some((step) => {
    block = isRecord(block) || Array.isArray(block)
      ? (block as Record<string, unknown>)[String(step)]
      : undefined;
    return isSwitchedOff(block);
  });
}
