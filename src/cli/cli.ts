import { nearest } from "../config/nearest.ts";
import { asGraphtapError, errorLine, type ExitCode } from "../errors.ts";
import { visible } from "../telemetry/visible.ts";
import type { Command } from "./command.ts";
import { commands } from "./commands.ts";
import { type Option, optionHelp, parseOptions, usage } from "./options.ts";
import type { Runtime } from "../wiring/runtime.ts";
import { version } from "../wiring/version.ts";

const HELP: Option = { name: "help", short: "h", help: "this text", env: "" };

/**
 * Runs the command that the words name. What it throws becomes one line on standard error and an exit code; a command
 * that delivers logs its end itself, once its tap is open (`wiring/end.ts`).
 */
export async function runCli(runtime: Runtime): Promise<ExitCode> {
  try {
    return await dispatch(runtime);
  } catch (thrown) {
    const error = asGraphtapError(thrown);
    if (!error.kind.isFault || error.kind.readerLeft) return error.kind.exitCode;
    runtime.writeStderr(`graphtap: ${visible(errorLine(error))}\n`);
    if (error.kind.exitCode === 70 && error.cause instanceof Error) {
      runtime.writeStderr(`${error.cause.stack}\n`);
    }
    return error.kind.exitCode;
  }
}

async function dispatch(runtime: Runtime): Promise<ExitCode> {
  const [name, ...rest] = runtime.args;
  if (name === "--version" || name === "-V" || name === "version") {
    return print(runtime, `graphtap ${version}\n`);
  }
  if (name === undefined) {
    runtime.writeStderr(overview());
    return 2;
  }
  if (name === "--help" || name === "-h" || (name === "help" && rest[0] === undefined)) {
    return print(runtime, overview());
  }
  const command = find(name === "help" ? rest[0]! : name);
  if (name === "help") return print(runtime, commandHelp(command));
  const given = parseOptions(command.name, [...command.options, HELP], rest, runtime.env);
  if (given.has("help")) return print(runtime, commandHelp(command));
  if (command.words === undefined && given.words.length > 0) {
    throw usage(command.name, `"${given.words[0]}" is not an option of graphtap ${command.name}`);
  }
  const code = await command.load();
  return code.run(given, runtime, commands);
}

function find(name: string): Command {
  const command = commands.find((candidate) => candidate.name === name);
  if (command !== undefined) return command;
  if (name === "-v" || name === "--verbose") {
    throw usage("", `${name} belongs behind a command, as in graphtap run ${name}; --version is the version`);
  }
  const names = commands.map((known) => known.name);
  const meant = nearest(name, names);
  throw usage(
    "",
    `"${name}" is not a command${meant ? ` (did you mean ${meant}?)` : ""}; there are ${names.join(", ")}`,
  );
}

async function print(runtime: Runtime, text: string): Promise<ExitCode> {
  await runtime.writeStdout(new TextEncoder().encode(text));
  return 0;
}

function overview(): string {
  const width = Math.max(...commands.map(({ name }) => name.length)) + 2;
  const rows = commands.map(({ name, summary }) => `  ${name.padEnd(width)}${summary}`).join("\n");
  return `graphtap ${version}: Microsoft Graph's security and audit collections as lines of tagged JSON

usage: graphtap COMMAND [options]

${rows}

"graphtap COMMAND --help" shows its options, "graphtap --version" the version. Start with "graphtap demo": it needs no account.
Exit codes: 0 done, 1 a stream failed, 2 usage or configuration, 3 authorisation, 4 output closed or
stalled, 5 state unusable or in use, 70 a bug, 75 what may pass by itself
(a file that is not there yet, an address in use).
`;
}

function commandHelp(command: Command): string {
  const words = command.words === undefined ? "" : ` ${command.words}`;
  return `graphtap ${command.name}${words}: ${command.summary}\n\n${
    optionHelp([...command.options, HELP])
  }\n`;
}
