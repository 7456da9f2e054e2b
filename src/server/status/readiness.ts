/** Whether the process can work, and what it works with only in part. */
import { durationInWords } from "../../telemetry/duration.ts";
import type { ServedStream } from "../served.ts";
import type { Status } from "./schema.ts";

/** What is not as it should be. */
export interface NotReady {
  /** `null` when the process is meant. */
  readonly input: string | null;
  /** `null` when the whole input is meant. */
  readonly service: string | null;
  readonly code: string;
  readonly detail: string;
}

/** Gaps of a stream. */
export interface OpenGaps {
  readonly input: string;
  readonly service: string;
  readonly gaps: number;
  /** How much time they cover; seconds. */
  readonly gap_seconds: number;
}

/** What a stream has lost for good. */
export interface LostTime {
  readonly input: string;
  readonly service: string;
  /** Ranges. */
  readonly lost: number;
  /** How much time they cover; seconds. */
  readonly lost_seconds: number;
}

/** The answer of `/readyz`. */
export interface Readiness {
  readonly ready: boolean;
  /** Why not. */
  readonly missing: readonly NotReady[];
  /** Inputs and streams that fail, while others work. */
  readonly degraded: readonly NotReady[];
  readonly gaps: readonly OpenGaps[];
  readonly lost: readonly LostTime[];
}

/** What readiness is asked of. */
export interface ReadinessFacts {
  /** Whether the process comes to its end. */
  readonly isStopping: boolean;
  /** Whether every input and every stream has to work, too. */
  readonly all: boolean;
}

/**
 * A process is ready when it can work: it is not about to end, and its sink takes lines. An input that fails is one of
 * many, and taking the process out of service would not mend it.
 */
export function readinessOf(
  served: readonly ServedStream[],
  status: Status,
  { isStopping, all }: ReadinessFacts,
): Readiness {
  const degraded = [...silentInputs(served, status), ...failing(status)];
  const missing = [...ofProcess(status, isStopping), ...(all ? degraded : [])];
  const gaps = status.streams.filter(({ gaps }) => gaps > 0)
    .map(({ input, service, gaps, gap_seconds }) => ({ input, service, gaps, gap_seconds }));
  const lost = status.streams.filter(({ lost }) => lost > 0)
    .map(({ input, service, lost, lost_seconds }) => ({ input, service, lost, lost_seconds }));
  return { ready: missing.length === 0, missing, degraded, gaps, lost };
}

function ofProcess({ sink_stalled_seconds: stalled }: Status, isStopping: boolean): NotReady[] {
  const whole = { input: null, service: null };
  return [
    ...(isStopping ? [{ ...whole, code: "stopped", detail: "the process comes to its end" }] : []),
    ...(stalled > 0
      ? [{
        ...whole,
        code: "sink-stalled",
        detail: `the sink has taken nothing for ${durationInWords(stalled)}`,
      }]
      : []),
  ];
}

/** Inputs of which Graph has not answered a request yet, and so has not accepted a token. */
function silentInputs(served: readonly ServedStream[], { polls }: Status): NotReady[] {
  const inputs = new Map<string, { asked: boolean; answered: boolean }>();
  for (const { stream: { input }, figures } of served) {
    const own = inputs.get(input.name) ?? { asked: false, answered: false };
    inputs.set(input.name, {
      // What nobody has pulled yet is ready to be.
      asked: own.asked || polls || figures.lastStartedMs !== null,
      answered: own.answered || figures.answered,
    });
  }
  return [...inputs].filter(([, { asked, answered }]) => asked && !answered).map(([input]) => ({
    input,
    service: null,
    code: "token-unavailable",
    detail: "Graph has not answered a request of this input yet",
  }));
}

function failing({ streams }: Status): NotReady[] {
  return streams.filter(({ verdict }) => verdict === "failing")
    .map(({ input, service, code, detail }) => ({
      input,
      service,
      code: code ?? "bug",
      detail: detail ?? "",
    }));
}
