import { systemClock } from "../../clock.ts";
import { asGraphtapError, type ExitCode } from "../../errors.ts";
import { selectStreams } from "../../server/pull/select.ts";
import { unlessAborted } from "../../server/pull/unlessAborted.ts";
import { pollOnce } from "../../tap/scheduler.ts";
import { watchClock } from "../../wiring/clockWatch.ts";
import { readConfig } from "../../wiring/configFile.ts";
import { type Done, runToEnd } from "../../wiring/end.ts";
import { giveMemoryBack } from "../../wiring/giveBack.ts";
import { linesOf, parseExecRequest } from "../execRequests.ts";
import { type Given, usage } from "../options.ts";
import type { Runtime } from "../../wiring/runtime.ts";
import { tapOptions } from "../tapOptions.ts";
import { openWhenFree } from "../../wiring/openWhenFree.ts";
import type { Tap } from "../../wiring/tap.ts";

/** The line on standard error that ends an answer; all its event lines are on standard output by then. */
interface ExecAnswer {
  /** Counts the lines of standard input, from 1. */
  readonly request: number;
  readonly sent: number;
  readonly duplicates: number;
  /** The first failure; `null` when every stream was read to its end. */
  readonly error: { readonly code: string; readonly message: string } | null;
}

/** `graphtap exec`: answers requests one after the other until standard input ends, or a stop signal comes. */
export async function run(given: Given, runtime: Runtime): Promise<ExitCode> {
  if (given.all("config").includes("-")) {
    throw usage("exec", "--config is -, but standard input carries the requests: expected a file");
  }
  const loaded = await readConfig(given.all("config"), runtime, systemClock.now());
  const options = tapOptions(given, runtime, loaded);
  const tap = await openWhenFree(options, runtime, loaded);
  void watchClock(tap);
  void giveMemoryBack(tap, runtime);
  return runToEnd(tap, answerAll(tap, runtime));
}

async function answerAll(tap: Tap, runtime: Runtime): Promise<Done> {
  const lines = linesOf(runtime.stdin());
  for (let request = 1;; request++) {
    const { done, value } = await unlessAborted(lines.next(), tap.stop.signal);
    if (done) return { reason: "standard input ended", exitCode: 0 };
    const answer = { request, ...await pullFor(tap, value) };
    runtime.writeStderr(`${JSON.stringify(answer)}\n`);
  }
}

/** @throws what concerns the whole process; a bad request and a failing stream do not */
async function pullFor(tap: Tap, line: string | null): Promise<Omit<ExecAnswer, "request">> {
  let streams;
  try {
    streams = selectStreams(tap.streams, parseExecRequest(line));
  } catch (thrown) {
    const { code, message } = asGraphtapError(thrown);
    return { sent: 0, duplicates: 0, error: { code, message } };
  }
  const outcomes = await pollOnce(streams, tap.engine, tap.stop);
  const failed = outcomes.find(({ report }) => report.error !== null)?.report.error ?? null;
  return {
    sent: outcomes.reduce((sum, { report }) => sum + report.sent, 0),
    duplicates: outcomes.reduce((sum, { report }) => sum + report.duplicates, 0),
    error: failed === null ? null : { code: failed.code, message: failed.message },
  };
}
