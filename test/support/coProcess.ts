import { Buffer } from "node:buffer";
import { spawn } from "node:child_process";
import process from "node:process";
import { onTestFinished } from "vitest";
import { programCommand, waitFor } from "./program.ts";

/** The line that ends an answer of `graphtap exec`. */
export interface ExecAnswer {
  readonly request: number;
  readonly sent: number;
  readonly duplicates: number;
  readonly error: { code: string; message: string } | null;
}

/** A running `graphtap exec`, seen as a script sees it. */
export interface CoProcess {
  /** Sends a line, waits for the end of its answer, and gives the answer and the event lines written before it. */
  ask(line: string): Promise<{ answer: ExecAnswer; output: Buffer }>;
  /** Sends bytes without waiting for anything. */
  send(text: string): void;
  readonly answers: readonly ExecAnswer[];
  readonly stderr: string;
  kill(signal: "SIGTERM" | "SIGKILL"): void;
  /** Ends standard input. */
  end(): void;
  /** Resolves with the exit code when it is gone. */
  readonly ended: Promise<number | null>;
}

export function startCoProcess(config: string): CoProcess {
  const [file = "", ...words] = [...programCommand, "exec", "-c", config, "--log-format", "json"];
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith("GRAPHTAP_")),
  );
  const child = spawn(file, words, { stdio: "pipe", env });
  onTestFinished(() => void child.kill("SIGKILL"));
  child.stdin.on("error", () => {});
  let output: Buffer[] = [];
  let stderr = "";
  let gone = false;
  child.stdout.on("data", (bytes: Buffer) => output.push(bytes));
  child.stderr.on("data", (bytes: Buffer) => stderr += bytes.toString("utf8"));
  const ended = new Promise<number | null>((resolve) =>
    child.once("close", (code) => {
      gone = true;
      resolve(code);
    })
  );
  const answers = () =>
    stderr.split("\n").slice(0, -1).filter((line) => line.startsWith('{"request":'))
      .map((line) => JSON.parse(line) as ExecAnswer);
  return {
    async ask(line) {
      const before = answers().length;
      child.stdin.write(`${line}\n`);
      await waitFor(() => answers().length > before, () => `the answer to ${line}; ${stderr}`, () => gone);
      const answer = answers()[before]!;
      // Two pipes have no order between them; the count says when all of the answer is here.
      const lines = () => Buffer.concat(output).filter((byte) => byte === 10).length;
      await waitFor(() => lines() >= answer.sent, () => `${answer.sent} lines, of which ${lines()} came`);
      const taken = Buffer.concat(output);
      output = [];
      return { answer, output: taken };
    },
    send: (text) => void child.stdin.write(text),
    get answers() {
      return answers();
    },
    get stderr() {
      return stderr;
    },
    // Deno's child.kill() reports the signal as the end of a child that ended by itself while its input was open.
    kill: (signal) => void process.kill(child.pid ?? 0, signal),
    end: () => void child.stdin.end(),
    ended,
  };
}
