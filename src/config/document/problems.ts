/** What is wrong in a configuration: found at a path, placed in the text when all is found, and shown as a line. */
import { asGraphtapError, type ErrorCode, type GraphtapError } from "../../errors.ts";
import { visibleLine } from "../../telemetry/visible.ts";
import type { Problem } from "../config.ts";
import type { ConfigDocument } from "./document.ts";
import type { Path } from "./places.ts";

/** Something wrong at a path. */
export interface UnplacedProblem extends ProblemDetails {
  readonly severity: Problem["severity"];
  readonly path: Path;
  readonly message: string;
}

/** More on a problem. */
export interface ProblemDetails {
  /** What it points to. @default "value" */
  readonly at?: "key" | "value";
  readonly collector?: readonly [string, number];
  /** It is about the key itself: one warning a key, however many blocks have it. */
  readonly once?: true;
  /** The failure that it is, where that is another than a configuration that is wrong. */
  readonly code?: ErrorCode;
  /** It is no mistake in the file, and so not told beside one. */
  readonly isAdvice?: true;
  /** The message ends with the line, for a warning whose place is not shown. */
  readonly saysLine?: true;
}

/** Notes a problem. */
export type Report = (
  severity: Problem["severity"],
  path: Path,
  message: string,
  details?: ProblemDetails,
) => void;

/** Notes a failure as an error; one that may pass by itself stays what it is. */
export function reportFailure(thrown: unknown, path: Path, report: Report): void {
  const { code, kind, message } = asGraphtapError(thrown);
  report("error", path, message, kind.mayPass ? { code } : {});
}

/** The problems with their places in the text, in the order found; those said once a key at the end. */
export function placed(found: readonly UnplacedProblem[], document: ConfigDocument): Problem[] {
  const firsts = new Map<unknown, { readonly problem: UnplacedProblem; others: number }>();
  const problems: Problem[] = [];
  for (const problem of found) {
    if (!problem.once) {
      problems.push(placedOne(problem, 0, document));
      continue;
    }
    const key = problem.path.at(-1);
    const first = firsts.get(key);
    if (first === undefined) firsts.set(key, { problem, others: 0 });
    else first.others++;
  }
  return [
    ...problems,
    ...[...firsts.values()].map(({ problem, others }) => placedOne(problem, others, document)),
  ];
}

function placedOne(problem: UnplacedProblem, others: number, document: ConfigDocument): Problem {
  const { severity, path, message, at = "value", collector, code, isAdvice, saysLine } = problem;
  const place = document.placeOf(path, at);
  const line = saysLine ? ` in line ${place?.line}` : "";
  const more = others === 0 ? "" : ` (and in ${others} more)`;
  return {
    severity,
    line: place?.line ?? null,
    column: place?.column ?? null,
    key: keyOf(path),
    message: `${message}${line}${more}`,
    ...(collector && { collector }),
    ...(code && { code }),
    ...(isAdvice && { isAdvice }),
  };
}

/** From the top of the file to its end. */
export function byPosition(a: Problem, b: Problem): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}

/** A path as it is shown: steps joined by dots. */
export function keyOf(path: Path): string {
  return path.map((step) => typeof step === "number" ? String(step) : shownKey(step)).join(".");
}

/**
 * A key as it is shown: cut at the first character that no key has. Without the space after its colon,
 * `{client_secret:abc}` is one key, secret included.
 */
export function shownKey(key: string): string {
  const plain = /^[\w.@$*-]{0,64}/.exec(key)?.[0] ?? "";
  return plain === key ? key : `${plain}…`;
}

/** Of a text that is shown. */
export const MOST_CHARACTERS = 60;

/** A value as it is shown. */
export function shownValue(value: unknown): string {
  if (typeof value === "string") {
    return visibleLine(
      JSON.stringify(value.length > MOST_CHARACTERS ? `${value.slice(0, MOST_CHARACTERS)}…` : value),
    );
  }
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "a map" : String(value);
}

/** The kind of a value, for one that must not be shown. */
export function kindOf(value: unknown): string {
  if (typeof value === "string") return "a text";
  if (typeof value === "number") return "a number";
  return typeof value === "boolean" ? "true or false" : shownValue(value);
}

/** Nobody mends more in one go, and one mistake in a file that a program wrote is there as often as its inputs. */
const MOST_SHOWN = 100;

/**
 * Each problem as `line` puts it, in the order given. Of more than a hundred the first, warnings only where errors
 * leave room, and then how many there are besides.
 */
export function shownProblems(problems: readonly Problem[], line: (problem: Problem) => string): string[] {
  const rank = ({ severity }: Problem) => severity === "error" ? 0 : 1;
  const shown = new Set(problems.toSorted((a, b) => rank(a) - rank(b)).slice(0, MOST_SHOWN));
  const lines = problems.filter((problem) => shown.has(problem)).map(line);
  const more = problems.length - shown.size;
  return more === 0 ? lines : [...lines, `and ${more} more, to be seen when these are mended`];
}

/** A problem as a program reads it. */
export interface ProblemFields {
  readonly file: string;
  readonly line: number | null;
  readonly column: number | null;
  readonly key: string;
  readonly severity: Problem["severity"];
  /** Of an error, its code; of a warning, `null`. */
  readonly code: ErrorCode | null;
  readonly message: string;
  /** The old collector's name and number for it. */
  readonly collector: string | null;
}

/** @param whole the configuration as a whole, as shown in messages */
export function problemFields(whole: string, problem: Problem): ProblemFields {
  const { file = whole, line, column, key, severity, code = "config-invalid", message, collector } = problem;
  return {
    file,
    line,
    column,
    key,
    severity,
    code: severity === "error" ? code : null,
    message,
    collector: collector?.join(" ") ?? null,
  };
}

/** The only problem of a configuration that could not be read at all. */
export function failureFields(whole: string, { code, message }: GraphtapError): ProblemFields {
  return problemFields(whole, { severity: "error", line: null, column: null, key: "", message, code });
}

/** A problem as one line, in the form that editors and terminals make clickable. */
export function problemLine(whole: string, problem: Problem): string {
  const file = problem.file ?? whole;
  const place = problem.line === null ? file : `${file}:${problem.line}:${problem.column}`;
  const severity = problem.severity === "warning" ? "warning: " : "";
  const key = problem.key === "" ? "" : `${problem.key}: `;
  const collector = problem.collector ? ` (${problem.collector.join(" ")})` : "";
  return `${place}: ${severity}${key}${problem.message}${collector}`;
}

/** A warning as one line in a log, where a file needs no mention unless there are several. */
export function warningLine({ file, key, message }: Problem): string {
  return [file ?? "", key, message].filter((word) => word !== "").join(": ");
}
