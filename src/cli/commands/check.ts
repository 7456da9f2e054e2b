import { systemClock } from "../../clock.ts";
import { failureCode } from "../../config/load.ts";
import { shownProblems, warningLine } from "../../config/document/problems.ts";
import { type Shard, shareInWords, shareOf } from "../../config/shard.ts";
import { asGraphtapError, errorKinds, type ExitCode } from "../../errors.ts";
import { problemsOf, readConfigClosely, readConfigText } from "../../wiring/configFile.ts";
import { outputNotes } from "../../wiring/outputs.ts";
import { visibleLine } from "../../telemetry/visible.ts";
import { checkedStreams, type CheckReport, checkReport, failureReport } from "../checkReport.ts";
import { type Given, usage } from "../options.ts";
import { sarifOf } from "../sarif.ts";
import { shardOption } from "../selection.ts";
import type { Runtime } from "../../wiring/runtime.ts";

/** `graphtap check`: every problem of the configuration at once, without asking anybody. */
export async function run(given: Given, runtime: Runtime): Promise<ExitCode> {
  if (given.has("json") && given.has("sarif")) throw usage("check", "give --json or --sarif, not both");
  const shard = shardOption(given);
  const { text, exitCode } = given.has("json")
    ? printed(await reportOf(given, runtime, shard), (report) => report)
    : given.has("sarif")
    ? printed(await reportOf(given, runtime, shard), sarifOf)
    : { text: await asText(given, runtime, shard), exitCode: 0 as const };
  await runtime.writeStdout(new TextEncoder().encode(text));
  return exitCode;
}

/** @throws config-*, secret-* where the configuration cannot be used */
async function asText(given: Given, runtime: Runtime, shard: Shard | null): Promise<string> {
  const { config } = await readConfigClosely(given.all("config"), runtime, systemClock.now());
  const share = shareOf(config.inputs, shard);
  const warnings = shownProblems(config.warnings, warningLine).map((line) => `warning: ${line}`);
  const streams = checkedStreams(config, shard).map(({ input, service, period_seconds, start_time }) =>
    `  ${input} × ${service}, every ${period_seconds} s, from ${start_time ?? "now on"}`
  );
  const lines = [
    ...warnings,
    `${config.file}: valid; ${share === null ? "" : `${shareInWords(share)}, `}${streams.length} streams`,
    ...streams,
    ...outputNotes(config).map((note) => `note: ${note}`),
  ];
  return lines.map((line) => `${visibleLine(line)}\n`).join("");
}

/** A report, and the exit code that goes with it. */
interface Reported {
  readonly report: CheckReport;
  readonly exitCode: ExitCode;
}

/** A report whatever comes: who reads JSON finds a file that is missing there, too. */
async function reportOf(given: Given, runtime: Runtime, shard: Shard | null): Promise<Reported> {
  const named = given.all("config");
  try {
    const source = await readConfigText(named, runtime);
    const parsed = await problemsOf(source, runtime.env, systemClock.now());
    const exitCode = parsed.config === null ? errorKinds[failureCode(parsed.problems)].exitCode : 0;
    return { report: checkReport(source.file, parsed, shard), exitCode };
  } catch (thrown) {
    const error = asGraphtapError(thrown);
    if (error.kind.stopsProcess) throw thrown;
    return { report: failureReport(named.join(", "), error), exitCode: error.kind.exitCode };
  }
}

function printed({ report, exitCode }: Reported, shape: (report: CheckReport) => object) {
  return { text: `${JSON.stringify(shape(report), null, 2)}\n`, exitCode };
}
