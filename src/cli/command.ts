/** What a command is. */
import type { ExitCode } from "../errors.ts";
import type { Given, Option } from "./options.ts";
import type { Runtime } from "../wiring/runtime.ts";

/** One command: its line in the help, its options, and where its code is. */
export interface Command {
  readonly name: string;
  /** Words after the name, as the help shows them. */
  readonly words?: string;
  readonly summary: string;
  readonly options: readonly Option[];
  /** Loaded only when the command runs, so that each starts as fast as it can. */
  readonly load: () => Promise<CommandCode>;
}

export interface CommandCode {
  /**
   * @param commands the table that the command stands in, for one that speaks of the others
   * @throws GraphtapError, whose code says how the process ends
   */
  run(given: Given, runtime: Runtime, commands: readonly Command[]): Promise<ExitCode>;
}
