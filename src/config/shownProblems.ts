/** What is said of the problems in a configuration. */
import type { Problem } from "./config.ts";

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

/** A problem as one line, in the form that editors and terminals make clickable. */
export function problemLine(file: string, problem: Problem): string {
  const place = problem.line === null ? file : `${file}:${problem.line}:${problem.column}`;
  const severity = problem.severity === "warning" ? "warning: " : "";
  const key = problem.key === "" ? "" : `${problem.key}: `;
  const collector = problem.collector ? ` (${problem.collector.join(" ")})` : "";
  return `${place}: ${severity}${key}${problem.message}${collector}`;
}

/** A warning as one line in a log, where the file needs no mention. */
export function warningLine({ key, message }: Problem): string {
  return `${key}: ${message}`;
}
