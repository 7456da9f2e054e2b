/** What a check found as SARIF 2.1.0 (OASIS), which editors and code scanning read. */
import { isAbsolute } from "node:path";
import { pathToFileURL } from "node:url";
import { version } from "../wiring/version.ts";
import type { CheckReport } from "./checkReport.ts";

/** Of a problem that has no code of its own. */
const WARNING_RULE = "config-warning";

type Problem = CheckReport["problems"][number];

/** A SARIF log with one run. */
export function sarifOf({ problems }: CheckReport): object {
  const rules = [...new Set(problems.map(ruleOf))].sort();
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [{
      tool: { driver: { name: "graphtap", version, rules: rules.map((id) => ({ id })) } },
      columnKind: "utf16CodeUnits",
      results: problems.map(resultOf),
    }],
  };
}

function resultOf(problem: Problem): object {
  const { file, line, column, key, severity, message, collector } = problem;
  const region = line === null ? {} : { region: { startLine: line, startColumn: column ?? 1 } };
  return {
    ruleId: ruleOf(problem),
    level: severity,
    message: { text: key === "" ? message : `${key}: ${message}` },
    locations: file === ""
      ? []
      : [{ physicalLocation: { artifactLocation: { uri: uriOf(file) }, ...region } }],
    properties: { key, collector },
  };
}

function ruleOf({ code }: Problem): string {
  return code ?? WARNING_RULE;
}

/** A path as a URI; a relative one stays relative, and standard input is "stdin". */
function uriOf(file: string): string {
  if (file === "-") return "stdin";
  return isAbsolute(file) ? pathToFileURL(file).href : file.split(/[\\/]/).map(encodeURIComponent).join("/");
}
