/**
 * The table in test/README.md: what was broken, how often it was tried, what came of it. Its rows are written by the
 * tests themselves, `GRAPHTAP_FAULT_TABLE=1 npx vitest run test/fault`; any other run holds the table to what it saw.
 */
import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { afterAll, expect } from "vitest";
import { onDeno, projectFolder } from "./project.ts";

/** One try of a fault. */
export interface Trial {
  /** Where and what, such as "Graph: 503". */
  readonly fault: string;
  readonly lost: number;
  /** Records that came out a second time. */
  readonly duplicated: number;
  /** The line that an operator reads; "" when there was none to read. */
  readonly said: string;
}

/** A row of the table. */
export interface Row {
  readonly fault: string;
  readonly tried: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly said: string;
}

export const README = join(projectFolder, "test/README.md");
const BEGIN = "<!-- written by the tests: begin -->\n";
const END = "<!-- written by the tests: end -->\n";
const HEAD = "| fault | tried | lost | duplicated | what an operator sees |\n|---|---|---|---|---|\n";
const NOTHING = "(nothing)";
const COMMAND = "GRAPHTAP_FAULT_TABLE=1 npx vitest run test/fault";

/** Collects the trials of one test file; after its last test they go into the table, or are held against it. */
export function faultTable(): (trial: Trial) => void {
  const rows = new Map<string, Row & { readonly sayings: string[] }>();
  afterAll(() => {
    if (process.env["GRAPHTAP_FAULT_TABLE"]) write([...rows.values()]);
    else for (const row of rows.values()) check(row);
  });
  return ({ fault, lost, duplicated, said }) => {
    const known = rows.get(fault) ?? { fault, tried: 0, lost: 0, duplicated: 0, said: NOTHING, sayings: [] };
    const words = plain(said) || NOTHING;
    rows.set(fault, {
      fault,
      tried: known.tried + 1,
      lost: known.lost + lost,
      duplicated: known.duplicated + duplicated,
      said: known.said === NOTHING ? words : known.said,
      sayings: [...known.sayings, words],
    });
  };
}

/** The rows as they are in the file. */
export function rowsIn(readme: string): Row[] {
  const table = readme.split(BEGIN)[1]?.split(END)[0] ?? "";
  return table.split("\n").slice(2, -1).map((line) => {
    const [fault = "", tried, lost, duplicated, said = ""] = line.slice(2, -2).split(" | ");
    return { fault, tried: Number(tried), lost: Number(lost), duplicated: Number(duplicated), said };
  });
}

/** The first warning, error or note of damage in a log of the text format; "" when there is none. */
export function firstTrouble(log: readonly string[]): string {
  const line = log.find((line) => /^\S+ (warn|error) |damaged/.test(line)) ?? "";
  if (line.startsWith('"')) return line;
  return line.replace(/^\S+ \w+ +/, "").replace(/( [a-z_]+=("([^"\\]|\\.)*"|\S+))+\n?$/, "");
}

function check(row: Row & { readonly sayings: readonly string[] }): void {
  const written = rowsIn(readFileSync(README, "utf8")).find(({ fault }) => fault === row.fault);
  const said = row.sayings.find((said) => said === written?.said) ?? row.said;
  // Deno has other names for some failures of the host.
  const fixed = { fault: row.fault, lost: row.lost, ...(onDeno ? {} : { said }) };
  expect(written, `test/README.md is not up to date: ${COMMAND}`).toMatchObject(fixed);
}

/** One at a time, for test files run beside each other. */
function write(rows: readonly Row[]): void {
  const lock = `${README}.lock`;
  for (let tries = 0;; tries++) {
    try {
      mkdirSync(lock);
      break;
    } catch (error) {
      if (tries > 1000) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
  }
  try {
    const readme = readFileSync(README, "utf8");
    const kept = rowsIn(readme).filter((old) => rows.every(({ fault }) => fault !== old.fault));
    const all = [...kept, ...rows].sort((a, b) => a.fault < b.fault ? -1 : 1);
    const table = HEAD +
      all.map((row) => `| ${[row.fault, row.tried, row.lost, row.duplicated, row.said].join(" | ")} |\n`)
        .join("");
    const [before = ""] = readme.split(BEGIN);
    writeFileSync(README, before + BEGIN + table + END + (readme.split(END)[1] ?? ""));
  } finally {
    rmdirSync(lock);
  }
}

/** Without what differs from run to run. */
function plain(said: string): string {
  return said.replace(/graphtap-test-\w+/g, "…").replace(/\\"/g, '"').replace(
    /(127\.0\.0\.1|localhost):\d+/g,
    "$1:…",
  ).replace(
    /"\/[^"]*\//g,
    '"…/',
  )
    .replace(/\(request-id [^)]*\)/g, "(request-id …)").replace(/\d{6,}/g, "…").replace(
      /\b(byte|after|element) \d+/g,
      "$1 …",
    ).replace(/\s*\|\s*/g, " / ").trim();
}
