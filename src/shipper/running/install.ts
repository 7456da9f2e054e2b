/** Puts the files of a plan where the shipper reads them, once it has said that it can use them. */
import { join } from "node:path";
import { GraphtapError } from "../../errors.ts";
import { makeFolder, removeFile, replaceFile } from "../../files/durable.ts";
import { type Output, outputOf, whyNotRun } from "../../graph/auth/program.ts";
import type { AskVersion } from "./program.ts";
import type { ShipperPlan } from "./plan.ts";
import { shipperLine } from "./shipperLog.ts";

/** Milliseconds that a shipper may take to say its version, or to judge a configuration. */
const ANSWER_MS = 30_000;
/** Lines of its judgement that are told. */
const MOST_LINES = 10;

/** Runs a program to its end. */
export type RunProgram = (program: string, words: readonly string[], signal?: AbortSignal) => Promise<Output>;

export const runProgram: RunProgram = (program, words, signal) => outputOf(program, words, signal, ANSWER_MS);

/** Asks a program for its version. */
export function askVersionBy(run: RunProgram): AskVersion {
  return async (path) => {
    const { printed, complained, end } = await run(path, ["--version"]);
    return end instanceof Error ? new Error(whyNotRun(end, path)) : `${printed}\n${complained}`;
  };
}

/**
 * Writes the files of a plan, each whole and for its owner alone. What the shipper refuses is not left in the place of what
 * it ran with.
 *
 * @throws shipper-refused with what it said; state-unusable; the reason of `signal`
 */
export async function installPlan(plan: ShipperPlan, run: RunProgram, signal: AbortSignal): Promise<void> {
  for (const folder of [plan.folder, ...plan.folders]) makeFolder(folder);
  for (const [path, text] of Object.entries(plan.files)) replaceFile(path, text);
  // The ending tells Vector how to read it.
  const candidate = join(plan.folder, "candidate.yaml");
  replaceFile(candidate, plan.configuration);
  try {
    const [program = "", ...words] = plan.judge(candidate);
    const output = await run(program, words, signal);
    signal.throwIfAborted();
    if (output.end !== 0) throw refused(plan, program, output);
  } finally {
    removeFile(candidate);
  }
  replaceFile(plan.path, plan.configuration);
}

function refused(
  { name }: ShipperPlan,
  program: string,
  { printed, complained, end }: Output,
): GraphtapError {
  if (end instanceof Error) {
    return new GraphtapError("shipper-missing", `Cannot run ${program}: ${whyNotRun(end, program)}`);
  }
  const said = `${printed}\n${complained}`.split("\n").map((line) => shipperLine(line).text.trim())
    .filter((text) => text !== "").slice(-MOST_LINES);
  return new GraphtapError(
    "shipper-refused",
    `${name} refuses the configuration that was written for it (${end}):\n${said.join("\n")}`,
  );
}
