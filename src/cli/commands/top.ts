import { systemClock } from "../../clock.ts";
import { asGraphtapError, type ExitCode } from "../../errors.ts";
import type { Status } from "../../server/status/schema.ts";
import { stoppedBy } from "../../wiring/end.ts";
import type { Runtime } from "../../wiring/runtime.ts";
import { type Given, usage } from "../options.ts";
import { readToken } from "../serveOptions.ts";
import { parseStatusAddress, readStatus } from "../statusReader.ts";
import { blockLines } from "../terminal/block.ts";
import { textLine } from "../terminal/columns.ts";
import { showsBlock } from "../terminal/openProgress.ts";
import { createRates } from "../terminal/rates.ts";
import { createScreen } from "../terminal/screen.ts";
import { paintFor } from "../terminal/style.ts";

const DEFAULT_INTERVAL_SECONDS = 2;
/** Of text that no terminal bounds. */
const ANY_WIDTH = 1000;

/** `graphtap top`: how a running `graphtap serve` is doing, again and again, or once. */
export async function run(given: Given, runtime: Runtime): Promise<ExitCode> {
  const [word, ...more] = given.words;
  if (more.length > 0) throw usage("top", `one address at a time, not also "${more[0]}"`);
  const token = readToken(given, runtime.env);
  const address = parseStatusAddress(word, token);
  const intervalMs = intervalOf(given) * 1000;
  const stop = new AbortController();
  runtime.onStopSignal((cause) => stop.abort(stoppedBy(cause)));
  const read = () => readStatus(address, token, stop.signal);
  if (given.has("once") || !showsBlock(given, runtime)) return await printOnce(read, runtime);
  return await watch(read, intervalMs, stop.signal, runtime);
}

async function printOnce(read: () => Promise<Status>, runtime: Runtime): Promise<ExitCode> {
  const isTerminal = runtime.stdoutPlace() === "a terminal";
  const columns = isTerminal ? runtime.stderrSize().columns : ANY_WIDTH;
  const paint = isTerminal ? paintFor(runtime.env) : paintFor({ NO_COLOR: "1" });
  const facts = { status: await read(), rates: [], isStopping: false };
  const lines = blockLines(facts, { columns, rows: Infinity }, paint).map(({ text }) => `${text}\n`);
  await runtime.writeStdout(new TextEncoder().encode(lines.join("")));
  return 0;
}

/** Until a signal; a server that is away for a while is waited for, once it has answered. */
async function watch(
  read: () => Promise<Status>,
  intervalMs: number,
  signal: AbortSignal,
  runtime: Runtime,
): Promise<ExitCode> {
  const screen = createScreen(runtime.writeStderr, runtime.stderrSize);
  const paint = paintFor(runtime.env);
  const rates = createRates();
  let status: Status | null = null;
  let trouble: string | null = null;

  function draw(): void {
    if (status === null) return;
    const { columns, rows } = runtime.stderrSize();
    const facts = { status, rates: rates.list(), isStopping: false };
    const told = trouble === null ? [] : [textLine(trouble, columns - 1, paint, "bad")];
    screen.draw([...told, ...blockLines(facts, { columns, rows: rows - told.length }, paint)]);
  }
  const forgetSize = runtime.onResize(draw);
  const forgetContinue = runtime.onContinue(() => {
    screen.leave();
    draw();
  });
  try {
    for (;;) {
      try {
        status = await read();
        rates.note(status);
        trouble = null;
      } catch (thrown) {
        const { kind, message } = asGraphtapError(thrown);
        if (status === null || !kind.mayPass) throw thrown;
        trouble = message;
      }
      draw();
      await systemClock.sleep(intervalMs, signal);
    }
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
    return 0;
  } finally {
    forgetSize();
    forgetContinue();
  }
}

function intervalOf(given: Given): number {
  const text = given.text("interval");
  const seconds = text === undefined ? DEFAULT_INTERVAL_SECONDS : Number(text);
  if (seconds >= 0.2 && seconds <= 3600) return seconds;
  throw usage("top", `--interval is "${text}", expected a number of seconds from 0.2 to 3600`);
}
