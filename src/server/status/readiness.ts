import type { ServedStream } from "../served.ts";

/** Why a stream or its input is not ready. */
export interface NotReady {
  readonly input: string;
  /** `null` when the whole input is meant. */
  readonly service: string | null;
  readonly code: string;
  readonly detail: string;
}

/** A failure counts after so many periods without a success: most are mended by the next poll. */
const GRACE_PERIODS = 2;

/**
 * What is not ready. A stream is when its last poll succeeded, or one did not long ago; an input is when Graph has
 * answered one of its requests, and so has accepted its token.
 *
 * @param polls whether the server polls by itself; if not, what nobody has pulled yet is ready to be
 */
export function notReady(streams: readonly ServedStream[], nowMs: number, polls: boolean): NotReady[] {
  const inputs = [...new Set(streams.map(({ stream }) => stream.input.name))];
  const silent = inputs.filter((name) => {
    const own = streams.filter(({ stream }) => stream.input.name === name);
    const asked = polls || own.some(({ figures }) => figures.lastStartedMs !== null);
    return asked && !own.some(({ figures }) => figures.answered);
  });
  return [
    ...silent.map((input) => ({
      input,
      service: null,
      code: "token-unavailable",
      detail: "Graph has not answered a request of this input yet",
    })),
    ...streams.flatMap((served) => failing(served, nowMs)),
  ];
}

function failing({ stream: { input, service }, figures }: ServedStream, nowMs: number): NotReady[] {
  const { error, lastSuccessMs } = figures;
  if (error === null) return [];
  const graceMs = GRACE_PERIODS * service.periodSeconds * 1000;
  if (lastSuccessMs !== null && nowMs - lastSuccessMs <= graceMs) return [];
  return [{ input: input.name, service: service.name, code: error.code, detail: error.message }];
}
