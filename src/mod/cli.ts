/**
 * The command line of graphtap as a function. Importing this starts nothing; the program itself is `graphtap`, which the
 * npm package installs.
 *
 * @example
 * ```ts
 * import { runCommandLine } from "@graphtap/graphtap/cli";
 *
 * let printed = "";
 * const stdout = (bytes: Uint8Array) => void (printed += new TextDecoder().decode(bytes));
 * const code = await runCommandLine(["services", "--json"], { stdout });
 * if (code !== 0 || !printed.includes('"signIns"')) throw new Error(`exit code ${code}`);
 * ```
 *
 * @module
 */
export { type CommandLineOptions, runCommandLine } from "../cli/embedded.ts";
export type { ExitCode } from "../errors.ts";
