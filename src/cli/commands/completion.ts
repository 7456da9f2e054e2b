import type { ExitCode } from "../../errors.ts";
import { plugins } from "../../../plugins/index.ts";
import type { Runtime } from "../../wiring/runtime.ts";
import type { Command } from "../command.ts";
import { bashCompletion } from "../completion/bash.ts";
import { candidatesOf } from "../completion/candidates.ts";
import { fishCompletion } from "../completion/fish.ts";
import { zshCompletion } from "../completion/zsh.ts";
import { type Given, usage } from "../options.ts";

const SCRIPTS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const;

/** `graphtap completion`: what a shell needs to complete commands, options and their values. */
export async function run(given: Given, runtime: Runtime, commands: readonly Command[]): Promise<ExitCode> {
  const [shell, ...more] = given.words;
  const script = Object.entries(SCRIPTS).find(([name]) => name === shell)?.[1];
  if (script === undefined || more.length > 0) {
    throw usage("completion", `expected one of ${Object.keys(SCRIPTS).join(", ")}`);
  }
  const text = script(candidatesOf(commands, plugins.map(({ service }) => service)));
  await runtime.writeStdout(new TextEncoder().encode(text));
  return 0;
}
