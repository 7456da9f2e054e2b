/**
 * From the text of a configuration to a {@linkcode Config}, or to every problem in it, one step after the other:
 *
 * texts → documents (a value and its places) → references replaced → blocks whose keys are checked by their schemas → what they mean.
 *
 * A step reports what is wrong and hands on what is right, so that one mistake hides no other.
 */
import { type ErrorCode, GraphtapError } from "../errors.ts";
import {
  type PartInputs,
  partsWith,
  reportNoneEnabled,
  reportSecondBlocks,
  reportSharedAmongFiles,
} from "./document/amongFiles.ts";
import type { Config, Globals, InputConfig, OutputConfig, Problem, ReadOptions } from "./config.ts";
import {
  type CredentialBlock,
  type SharedCredentials,
  sharedCredentials,
} from "./credentials/credentials.ts";
import { chosenGeneration, readGlobals } from "./globals.ts";
import { checkInputs, inputConfig } from "./inputs.ts";
import { readOutputs } from "./outputs.ts";
import { type FileText, openPart, type Part } from "./document/part.ts";
import { createPatternCompiler } from "./patterns/pattern.ts";
import { problemLine, shownProblems } from "./document/problems.ts";
import { fileSchema, keyHomes } from "./schema.ts";
import { atOnce, type Steps } from "./steps.ts";

/** What a text comes to. */
export interface ParsedConfig {
  /** `null` when one of the problems is an error. */
  readonly config: Config | null;
  /** Errors and warnings, file by file and sorted by position. */
  readonly problems: readonly Problem[];
}

/**
 * Reads a configuration, YAML or JSON. Secrets by `{env}` and `{file}` are read once, to prove that they can be.
 *
 * @throws nothing: whatever is wrong is among the problems.
 */
export function parseConfig(text: string, options: ReadOptions): ParsedConfig {
  return parseFiles([{ file: options.file, text }], options);
}

/**
 * Reads a configuration of one or several files: one has `globals` for all, one has `outputs`, and each has inputs.
 * Relative paths start from the file that they stand in.
 *
 * @param options.file the configuration as a whole, as shown in messages
 * @throws nothing: whatever is wrong is among the problems, which have their `file` where there are several
 */
export function parseFiles(texts: readonly FileText[], options: ReadOptions): ParsedConfig {
  return atOnce(parsingFiles(texts, options));
}

/** The same in steps, of one file or one input each. */
export function* parsingFiles(texts: readonly FileText[], options: ReadOptions): Steps<ParsedConfig> {
  const schema = fileSchema(options.registry);
  const homes = keyHomes();
  const parts = yield* each(texts, (one) => [openPart(one, { options, schema, homes })]);
  const config = yield* configOf(yield* checkParts(parts), options, parts.length > 1);
  const problems = yield* each(
    parts,
    (part) =>
      part.problems().map((problem) => parts.length === 1 ? problem : { ...problem, file: part.file }),
  );
  const isWrong = problems.some(({ severity }) => severity === "error");
  return { config: config === null || isWrong ? null : { ...config, warnings: problems }, problems };
}

/** What becomes of all, one after the other. */
function* each<T, R>(all: readonly T[], become: (one: T) => readonly R[]): Steps<readonly R[]> {
  const found: R[] = [];
  for (const one of all) {
    found.push(...become(one));
    yield;
  }
  return found;
}

/**
 * Reads a configuration that is to be used.
 *
 * @throws `config-invalid` with the problems, one a line; `secret-missing` when the files of secrets are all that is missing
 */
export function loadConfig(text: string, options: ReadOptions): Config {
  return loadFiles([{ file: options.file, text }], options);
}

/** The same for a configuration of one or several files. @throws as {@linkcode loadConfig} */
export function loadFiles(texts: readonly FileText[], options: ReadOptions): Config {
  return usable(options.file, parseFiles(texts, options));
}

/** What was read, if it can be used. @throws as {@linkcode loadConfig} */
export function usable(file: string, { config, problems: found }: ParsedConfig): Config {
  if (config !== null) return config;
  const problems = found.filter(({ isAdvice }) => !isAdvice);
  const errors = problems.filter((problem) => problem.severity === "error");
  const warnings = problems.length - errors.length;
  const counts = `${count(errors.length, "error")}${
    warnings > 0 ? ` and ${count(warnings, "warning")}` : ""
  }`;
  const lines = shownProblems(problems, (problem) => problemLine(file, problem));
  throw new GraphtapError(failureCode(errors), [`${file} has ${counts}`, ...lines].join("\n"));
}

/** The failure that the errors among `problems` are together: their own, where all have the same. */
export function failureCode(problems: readonly Problem[]): ErrorCode {
  const errors = problems.filter(({ severity }) => severity === "error");
  const [code = "config-invalid", ...others] = new Set(errors.map((error) => error.code));
  return others.length === 0 ? code : "config-invalid";
}

/** Files whose keys were checked. */
interface CheckedParts {
  readonly globals: Globals;
  /** `globals.credentials`, and the file that has them. */
  readonly credentials: { readonly block: CredentialBlock; readonly part: Part } | null;
  readonly outputs: readonly OutputConfig[];
  readonly inputs: readonly PartInputs[];
  /** Whether what all share is known, so that inputs can be judged. */
  readonly isWhole: boolean;
}

function* checkParts(parts: readonly Part[]): Steps<CheckedParts | null> {
  const readable = parts.filter(({ root }) => root !== null);
  const [first] = readable;
  if (first === undefined) return null;
  reportSecondBlocks(readable);
  const [owner] = partsWith(readable, "globals", "global_overrides");
  const { globals, credentials } = readGlobals((owner ?? first).context, owner?.root ?? {});
  const [shipping] = partsWith(readable, "outputs");
  const outputs = shipping === undefined ? [] : readOutputs(shipping.context, shipping.root!["outputs"]);
  const isSeveral = parts.length > 1;
  const generation = chosenGeneration(owner?.root);
  const withInputs = readable.filter(({ root }) => (root!["inputs"] ?? undefined) !== undefined);
  // Where no file has any, the first one says so, unless another may have them.
  const asked = withInputs.length > 0 || readable.length < parts.length ? withInputs : [first];
  const inputs: PartInputs[] = [];
  for (const part of asked) {
    const found = yield* checkInputs(part.context, part.root!["inputs"], generation);
    if (found !== null) inputs.push({ part, inputs: found });
  }
  reportSharedAmongFiles(inputs);
  reportNoneEnabled(inputs);
  return {
    globals,
    credentials: credentials && { block: credentials, part: owner! },
    outputs: isSeveral ? outputs.map((output) => ({ ...output, file: shipping!.file })) : outputs,
    inputs,
    isWhole: owner !== undefined || readable.length === parts.length,
  };
}

/** What the files say, without their warnings; `null` when something in them is wrong. */
function* configOf(
  checked: CheckedParts | null,
  options: ReadOptions,
  isSeveral: boolean,
): Steps<Omit<Config, "warnings"> | null> {
  if (checked === null || !checked.isWhole || (!isSeveral && checked.inputs.length === 0)) return null;
  const { globals, credentials, outputs } = checked;
  const compilePattern = options.regexEngine ? createPatternCompiler(options.regexEngine) : null;
  const readersOf = ({ file }: Part) => ({ ...options, file, compilePattern });
  const shared: SharedCredentials | null = credentials &&
    sharedCredentials(credentials.block, readersOf(credentials.part), credentials.part.context.report);
  let isRight = true;
  const inputs: InputConfig[] = [];
  for (const { part, inputs: ofPart } of checked.inputs) {
    const readers = readersOf(part);
    for (const input of ofPart) {
      const config = inputConfig(input, { globals, shared }, readers, part.context.report);
      if (config !== null) inputs.push(config);
      else if (!input.isOff) isRight = false;
      yield;
    }
  }
  return isRight ? { file: options.file, globals, outputs, inputs } : null;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
