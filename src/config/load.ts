/**
 * From the text of a configuration to a {@linkcode Config}, or to every problem in it, one step after the other:
 *
 * text → document (a value and its places) → references replaced → blocks whose keys are checked by their schemas → what they mean.
 *
 * A step reports what is wrong and hands on what is right, so that one mistake hides no other.
 */
import { type ErrorCode, GraphtapError } from "../errors.ts";
import { type CheckContext, checkKeys, findPlaceholders, isRecord, isSwitchedOff } from "./check.ts";
import type { Config, Globals, OutputConfig, Problem, ReadOptions } from "./config.ts";
import { type CredentialBlock, sharedCredentials } from "./credentials.ts";
import { readDocument } from "./document.ts";
import { chosenGeneration, readGlobals } from "./globals.ts";
import { type CheckedInput, checkInputs, inputConfig } from "./inputs.ts";
import { readOutputs } from "./outputs.ts";
import type { Path } from "./places.ts";
import { createPatternCompiler } from "./patterns/pattern.ts";
import { type ReferenceProblem, type ReplacedDocument, replaceInDocument } from "./references.ts";
import {
  byPosition,
  keyOf,
  kindOf,
  placed,
  problemLine,
  type Report,
  shownProblems,
  type UnplacedProblem,
} from "./problems.ts";
import { fileSchema, keyHomes } from "./schema.ts";

/** What a text comes to. */
export interface ParsedConfig {
  /** `null` when one of the problems is an error. */
  readonly config: Config | null;
  /** Errors and warnings, sorted by position. */
  readonly problems: readonly Problem[];
}

/**
 * Reads a configuration, YAML or JSON. Secrets by `{env}` and `{file}` are read once, to prove that they can be.
 *
 * @throws nothing: whatever is wrong is among the problems.
 */
export function parseConfig(text: string, options: ReadOptions): ParsedConfig {
  const document = readDocument(text);
  const replaced = replaceInDocument(document, options.env);
  const found: UnplacedProblem[] = [];
  const report: Report = (severity, path, message, details) => {
    found.push({ severity, path, message: replaced.hide(message), ...details });
  };
  const access = options.accessOf?.(options.file);
  if (access?.write) {
    report(
      "warning",
      [],
      `every user of this host may write this file (mode ${access.mode}); chmod o-w closes it`,
    );
  }
  const file = document.value === undefined ? null : checkFile(replaced, options, report);
  const config = file === null ? null : configOf(file, options, report);
  const syntax = document.problems.map((problem) => ({ severity: "error", key: "", ...problem }) as const);
  const problems = [...syntax, ...placed(found, document)].toSorted(byPosition);
  const isWrong = problems.some(({ severity }) => severity === "error");
  return { config: config === null || isWrong ? null : { ...config, warnings: problems }, problems };
}

/**
 * Reads a configuration that is to be used.
 *
 * @throws `config-invalid` with the problems, one a line; `secret-missing` when the files of secrets are all that is missing
 */
export function loadConfig(text: string, options: ReadOptions): Config {
  const { config, problems: found } = parseConfig(text, options);
  if (config !== null) return config;
  const problems = found.filter(({ isAdvice }) => !isAdvice);
  const errors = problems.filter((problem) => problem.severity === "error");
  const warnings = problems.length - errors.length;
  const counts = `${count(errors.length, "error")}${
    warnings > 0 ? ` and ${count(warnings, "warning")}` : ""
  }`;
  const lines = shownProblems(problems, (problem) => problemLine(options.file, problem));
  throw new GraphtapError(failureCode(errors), [`${options.file} has ${counts}`, ...lines].join("\n"));
}

/** The failure that the errors among `problems` are together: their own, where all have the same. */
export function failureCode(problems: readonly Problem[]): ErrorCode {
  const errors = problems.filter(({ severity }) => severity === "error");
  const [code = "config-invalid", ...others] = new Set(errors.map((error) => error.code));
  return others.length === 0 ? code : "config-invalid";
}

/** A file whose keys were checked. */
interface CheckedFile {
  readonly globals: Globals;
  /** `globals.credentials`. */
  readonly credentials: CredentialBlock | null;
  readonly outputs: readonly OutputConfig[];
  readonly inputs: readonly CheckedInput[] | null;
}

function checkFile(
  document: ReplacedDocument,
  { registry }: ReadOptions,
  report: Report,
): CheckedFile | null {
  const { value: root, plainAt } = document;
  const placeholders = unreplaced(document);
  for (const { path, message, severity } of placeholders) {
    report(path[0] === "outputs" ? "warning" : severity, path, message);
  }
  if (!isRecord(root)) {
    const found = root === null ? "nothing: the file is empty" : kindOf(root);
    report("error", [], `found ${found}; expected the blocks globals, outputs and inputs`);
    return null;
  }
  const context: CheckContext = {
    registry,
    report,
    placeholders: new Set(
      placeholders.flatMap(({ path, severity }) => severity === "error" ? [keyOf(path)] : []),
    ),
    homes: keyHomes(),
    plainAt,
  };
  // Blocks that are only there for anchors, as Compose has them.
  const named = Object.fromEntries(Object.entries(root).filter(([key]) => !key.startsWith("x-")));
  checkKeys(context, fileSchema(registry), named, []);
  return {
    ...readGlobals(context, root),
    outputs: readOutputs(context, root["outputs"]),
    inputs: checkInputs(context, root["inputs"], chosenGeneration(root)),
  };
}

/** What was to be replaced and was not, and what is to be said of what was, but within what is switched off. */
function unreplaced({ value: root, replaced, problems }: ReplacedDocument): readonly ReferenceProblem[] {
  const placeholders = findPlaceholders(root)
    .filter(({ path }) => !replaced.has(keyOf(path)))
    .map(({ path, message }) => ({ severity: "error", path, message }) as const);
  return [...placeholders, ...problems].filter(({ path }) => !isWithinSwitchedOff(root, path));
}

/** What a file says, without its warnings; `null` when something in it is wrong. */
function configOf(
  { globals, credentials, outputs, inputs }: CheckedFile,
  options: ReadOptions,
  report: Report,
): Omit<Config, "warnings"> | null {
  const compilePattern = options.regexEngine ? createPatternCompiler(options.regexEngine) : null;
  const readers = { ...options, compilePattern };
  if (inputs === null) return null;
  const shared = credentials && sharedCredentials(credentials, readers, report);
  const configs = inputs.map((input) => inputConfig(input, { globals, shared }, readers, report));
  if (inputs.some(({ isOff }, index) => !isOff && configs[index] === null)) return null;
  return { file: options.file, globals, outputs, inputs: configs.flatMap((input) => input ?? []) };
}

/** Whether a path leads through an input or a service that is switched off. */
function isWithinSwitchedOff(root: unknown, path: Path): boolean {
  let block = root;
  return path[0] === "inputs" && path.some((step) => {
    block = isRecord(block) ? block[String(step)] : undefined;
    return isSwitchedOff(block);
  });
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
