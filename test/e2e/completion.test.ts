/** Completion, as the shells themselves have it: each is started in a terminal, and TAB is pressed. */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { run } from "../support/program.ts";
import { noTerminal, startInTerminal } from "../support/terminal.ts";
import { tempFolder } from "../support/tempFolder.ts";

/** How each is started so that nobody's own settings count, and reads the script. */
const SHELLS = {
  bash: { words: ["--norc", "--noprofile", "-i"], read: "PS1='ready> '; source ./script" },
  zsh: { words: ["-f", "-i"], read: "autoload -U compinit; compinit -D -u; PS1='ready> '; source ./script" },
  fish: {
    words: ["--private", "-N", "-i"],
    read: "function fish_prompt; echo 'ready> '; end; source ./script",
  },
} as const;

/** What is typed, and what TAB makes of it; zsh ends the name of an option with =. */
const COMPLETED: readonly (readonly [typed: string, becomes: string])[] = [
  ["graphtap compl", "graphtap completion "],
  ["graphtap pull --deadl", "graphtap pull --deadline "],
  ["graphtap pull --due --log-fo", "graphtap pull --due --log-format "],
  ["graphtap serve --log-level w", "graphtap serve --log-level warn "],
  ["graphtap run --service secure_score_c", "graphtap run --service secure_score_control_profiles "],
  ["graphtap check -c some", "graphtap check -c some.yaml "],
  ["graphtap run --state fol", "graphtap run --state folder/"],
  ["graphtap state exp", "graphtap state export "],
  ["graphtap shipper vec", "graphtap shipper vector "],
  ["graphtap help mig", "graphtap help migrate "],
  ["graphtap run --to stdo", "graphtap run --to stdout "],
  ["graphtap run --to fil", "graphtap run --to file:"],
  // Behind -- there are no options.
  ["graphtap state -- --hel", "graphtap state -- --hel"],
  ["graphtap state -- exp", "graphtap state -- export "],
  // A service that has the name of a command is none: it has no --job.
  ["graphtap replay --service alerts --jo", "graphtap replay --service alerts --jo"],
];

describe.each(Object.entries(SHELLS))("completion in %s", (shell, { words, read }) => {
  const missing = noTerminal ??
    (spawnSync(shell, ["--version"]).status === 0 ? null : `${shell} is not installed`);

  it("completes commands, options, values and files", async (test) => {
    if (missing !== null) test.skip(missing);
    const cwd = tempFolder();
    mkdirSync(join(cwd, "folder"));
    writeFileSync(join(cwd, "some.yaml"), "");
    writeFileSync(join(cwd, "script"), (await run(["completion", shell])).stdout);
    const terminal = startInTerminal([shell, ...words], {
      cwd,
      columns: 200,
      env: { HOME: cwd, HISTFILE: "/dev/null" },
    });
    terminal.type(`${read}\r`);
    await terminal.until(() => terminal.screen.at(-1)?.startsWith("ready>") ?? false, "the shell is ready");
    for (const [typed, becomes] of COMPLETED) {
      terminal.type(`${typed}\tX`);
      await terminal.until(() => terminal.screen.some((line) => isAt(line, becomes)), `"${typed}" and TAB`);
      terminal.type("\x15");
    }
  });
});

function isAt(line: string, becomes: string): boolean {
  return line.includes(`${becomes}X`) || line.includes(`${becomes.trimEnd()}=X`);
}

it("names the shells there are", async () => {
  const { code, stderr } = await run(["completion", "tcsh"]);
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: 'graphtap: usage: expected one of bash, zsh, fish; see "graphtap completion --help"\n',
  });
});
