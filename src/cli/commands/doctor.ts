import { systemClock } from "../../clock.ts";
import { shownProblems, warningLine } from "../../config/document/problems.ts";
import type { ExitCode } from "../../errors.ts";
import { createHttp } from "../../graph/http.ts";
import { createSkewMeter } from "../../doctor/clockSkew.ts";
import { readConfig } from "../../wiring/configFile.ts";
import { examineInput, type Finding } from "../../doctor/examine.ts";
import { examineOutputs } from "../../doctor/outputs.ts";
import { withPast } from "../../doctor/past.ts";
import { chooseOutputs } from "../../shipper/destination.ts";
import { openState } from "../../state/state.ts";
import { stoppedBy } from "../../wiring/end.ts";
import { type Given, usage } from "../options.ts";
import type { Runtime } from "../../wiring/runtime.ts";
import { buildSources, type Source } from "../../wiring/sources.ts";
import { createLog } from "../../telemetry/log.ts";
import { selectionOf, stateDirOf } from "../selection.ts";
import { logOptions } from "../tapOptions.ts";
import { layOut } from "../table.ts";
import { proxiesFrom } from "../../net/proxy.ts";

/** Whoever waits at a terminal is told sooner than a stream at night. */
const PATIENCE_MS = 30_000;

/** `graphtap doctor`: asks Entra and Graph what the configuration needs of them; the state is looked at, and nothing is changed. */
export async function run(given: Given, runtime: Runtime): Promise<ExitCode> {
  const clock = systemClock;
  const loaded = await readConfig(given.all("config"), runtime, clock.now());
  const { config, registry } = loaded;
  // Before anything is asked: a configuration without outputs has nothing to try.
  const outputs = given.has("probe") ? chooseOutputs(config.outputs, undefined) : [];
  const log = createLog({
    ...logOptions(given, runtime, config.globals.debug),
    write: runtime.writeStderr,
    now: () => clock.now(),
  });
  for (const line of shownProblems(config.warnings, warningLine)) log.warn(line);
  const http = createHttp({ proxy: proxiesFrom(runtime.env), headersTimeoutMs: PATIENCE_MS });
  const meter = createSkewMeter(http.transport, clock);
  const stop = new AbortController();
  runtime.onStopSignal((cause) => stop.abort(stoppedBy(cause)));
  const selection = selectionOf(given, loaded);
  const { transport } = meter;
  // What fails is told by its finding.
  const outageLog = createLog({ write: () => {}, format: "text", level: "error", now: () => clock.now() });
  const sources = buildSources({ config, registry, selection, clock, log, outageLog, transport });
  if (sources.length === 0) throw usage(given.command, "no enabled input has an enabled service to examine");
  try {
    const findings: Finding[] = [];
    for (const tokens of new Set(sources.map((source) => source.tokens))) {
      const ofInput = sources.filter((source) => source.tokens === tokens);
      const found = await examineInput(ofInput, { clock, ahead: meter.ahead, signal: stop.signal });
      findings.push(...withPasts(found, ofInput, stateDirOf(given, loaded), runtime));
    }
    findings.push(...await examineOutputs(outputs, loaded, clock, stop.signal));
    stop.signal.throwIfAborted();
    const text = given.has("json") ? asJson(findings) : asTable(findings);
    await runtime.writeStdout(new TextEncoder().encode(text));
    return worst(findings.map(({ exitCode }) => exitCode));
  } finally {
    await http.close();
  }
}

/** The findings of an input, with what its state folder says of the same services. */
function withPasts(
  findings: readonly Finding[],
  sources: readonly Source[],
  folder: string,
  runtime: Runtime,
): Finding[] {
  const state = openState(folder, {
    locker: runtime.locker,
    pid: runtime.pid,
    readOnly: true,
    now: () => systemClock.now(),
    report: (note) => runtime.writeStderr(`${note}\n`),
  });
  try {
    return findings.map((finding) => {
      const source = sources.find(({ service }) => service.name === finding.check);
      if (source === undefined) return finding;
      return withPast(finding, state.stream({ inputId: source.input.id, service: source.service.name }));
    });
  } finally {
    state.close();
  }
}

function asJson(findings: readonly Finding[]): string {
  return `${JSON.stringify(findings.map(({ exitCode: _, ...finding }) => finding), null, 2)}\n`;
}

function asTable(findings: readonly Finding[]): string {
  const rows = findings.map(({ input, check, result, detail }) => [input, check, result, detail]);
  return layOut([["INPUT", "CHECK", "RESULT", "DETAIL"], ...rows]);
}

/** Authorisation first: nothing else can be mended before it. */
function worst(codes: readonly ExitCode[]): ExitCode {
  return ([3, 2] as const).find((code) => codes.includes(code)) ?? (codes.some((code) => code !== 0) ? 1 : 0);
}
