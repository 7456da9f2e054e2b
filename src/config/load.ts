/** From the text of a configuration to a {@linkcode Config}, or to every problem in it. */
import { GraphtapError } from "../errors.ts";
import type { Config, Problem } from "./config.ts";
import { readDocument } from "./document.ts";
import type { ConfigDocument } from "./document.ts";
import { fileSchema } from "./fileSchema.ts";
import { globalsSchema } from "./globalsSchema.ts";
import { credentialsSchema, inputSchema } from "./inputSchema.ts";
import { findPlaceholders } from "./placeholders.ts";
import { readGlobals } from "./readGlobals.ts";
import { readInputs } from "./readInputs.ts";
import { readOutputs } from "./readOutputs.ts";
import type { Reading, ReadOptions } from "./reading.ts";
import { keyOf, kindOf, report } from "./reading.ts";
import { isRecord, reportUnknownKeys } from "./section.ts";
import { serviceSchema } from "./serviceSchema.ts";
import { problemLine, shownProblems } from "./shownProblems.ts";

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
  const reading = startReading(document, options);
  for (const problem of document.problems) reading.problems.push({ severity: "error", key: "", ...problem });
  const draft = document.value === undefined ? null : readRoot(reading);
  remarkOldKeys(reading);

  const problems = reading.problems.toSorted(byPosition);
  if (draft?.inputs == null || problems.some((problem) => problem.severity === "error")) {
    return { config: null, problems };
  }
  const { globals, outputs, inputs } = draft;
  return { config: { file: options.file, globals, outputs, inputs, warnings: problems }, problems };
}

/**
 * Reads a configuration that is to be used.
 *
 * @throws `config-invalid` with the problems, one a line.
 */
export function loadConfig(text: string, options: ReadOptions): Config {
  const { config, problems } = parseConfig(text, options);
  if (config !== null) return config;
  const errors = problems.filter((problem) => problem.severity === "error").length;
  const warnings = problems.length - errors;
  const counts = `${count(errors, "error")}${warnings > 0 ? ` and ${count(warnings, "warning")}` : ""}`;
  const lines = shownProblems(problems, (problem) => problemLine(options.file, problem));
  throw new GraphtapError("config-invalid", [`${options.file} has ${counts}`, ...lines].join("\n"));
}

function startReading(document: ConfigDocument, options: ReadOptions): Reading {
  const placeholders = document.value === undefined ? [] : findPlaceholders(document.value);
  const reading: Reading = {
    options,
    document,
    problems: [],
    placeholders: new Set(placeholders.map(keyOf)),
    homes: keyHomes(),
    remarks: new Map(),
  };
  for (const path of placeholders) {
    const severity = path[0] === "outputs" ? "warning" : "error";
    report(
      reading,
      severity,
      path,
      "holds a placeholder; put your own value in its place, or remove the key",
    );
  }
  return reading;
}

function readRoot(reading: Reading) {
  const root = reading.document.value;
  if (!isRecord(root)) {
    const found = root === null ? "nothing: the file is empty" : kindOf(root);
    report(reading, "error", [], `found ${found}; expected the blocks globals, outputs and inputs`);
    return null;
  }
  const schema = fileSchema(reading.options.registry);
  // Blocks that are only there for anchors, as Compose has them.
  const named = Object.fromEntries(Object.entries(root).filter(([key]) => !key.startsWith("x-")));
  reportUnknownKeys(reading, schema, named, []);
  const globals = readGlobals(reading, root);
  if (root["outputs"] != null && !isRecord(root["outputs"])) {
    report(reading, "error", ["outputs"], `found ${kindOf(root["outputs"])}, expected a map of outputs`);
  }
  return {
    globals,
    outputs: readOutputs(reading, root["outputs"]),
    inputs: readInputs(reading, root["inputs"], globals),
  };
}

function remarkOldKeys(reading: Reading): void {
  for (const { text, paths } of reading.remarks.values()) {
    const [first = [], ...others] = paths;
    const more = others.length === 0 ? "" : ` (and in ${others.length} more)`;
    report(reading, "warning", first, `${text}${more}`, { at: "key" });
  }
}

function keyHomes(): ReadonlyMap<string, string> {
  const homes = new Map<string, string>();
  const blocks = [
    ["globals", globalsSchema],
    ["an input", inputSchema],
    ["credentials of an input", credentialsSchema],
    ["a service of an input", serviceSchema],
  ] as const;
  for (const [home, schema] of blocks) {
    for (const key of Object.keys(schema.shape)) if (!homes.has(key)) homes.set(key, home);
  }
  return homes;
}

function byPosition(a: Problem, b: Problem): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
