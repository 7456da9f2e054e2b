/** What somebody should look at: of each stream that is not healthy what is wrong, since when, and what to do. */
import { type ErrorKind, errorKinds } from "../../errors.ts";
import { durationInWords } from "../../telemetry/duration.ts";
import { shellCommand } from "../../telemetry/shellCommand.ts";
import { causeOf } from "./causes.ts";
import type { Need, StreamStatus } from "./schema.ts";
import { VERDICTS } from "./verdict.ts";

/** The needs of these streams, the worst first; what lies with a whole input is one of them. */
export function needsOf(streams: readonly StreamStatus[]): Need[] {
  const needs = new Map<string, Need>();
  for (const stream of streams) {
    const need = needOf(stream);
    if (need === null) continue;
    const key = JSON.stringify([need.input, need.service, need.service === null ? stream.code : null]);
    const known = needs.get(key);
    needs.set(key, known === undefined ? need : together(known, need));
  }
  return [...needs.values()].sort((a, b) => VERDICTS.indexOf(a.verdict) - VERDICTS.indexOf(b.verdict));
}

function needOf(stream: StreamStatus): Need | null {
  switch (stream.verdict) {
    case "failing":
      return failing(stream);
    case "gap":
      return need(stream, "gaps", gapCause(stream) + alsoLost(stream), {
        detail: stream.gap_ranges.map(({ from, to, reason }) => `${from} to ${to}: ${reason}`).join("; "),
        todo: `Graph did not serve it. It is tried again by itself, next at ${nextTry(stream)}.`,
      });
    case "late": {
      const cause = stream.code === null ? null : causeOf(stream.code);
      return need(
        stream,
        "doctor",
        `is ${durationInWords(stream.lag_seconds ?? 0)} behind${alsoLost(stream)}`,
        {
          todo: cause === null
            ? "Requests wait for their budget or for answers: a longer period, or fewer services for each tenant, need less."
            : `It ${cause.says}. ${cause.todo}`,
        },
      );
    }
    case "lost":
      return need(stream, "gaps", lostCause(stream), {
        detail: stream.lost_ranges.map(({ from, to, reason }) => `${from} to ${to}: ${reason}`).join("; "),
        todo:
          "Graph keeps these records no longer. Nothing brings them back: see what kept them from being read, " +
          'and take note of it by "graphtap gaps --forget".',
      });
    default:
      return null;
  }
}

function failing(stream: StreamStatus): Need {
  const code = stream.code ?? "bug";
  const { says, todo } = causeOf(code);
  const kinds: Readonly<Record<string, ErrorKind>> = errorKinds;
  const ofInput = kinds[code]?.ofInput ?? false;
  const also = stream.gaps > 0 ? `, and ${gapCause(stream)}` : "";
  return need(ofInput ? { ...stream, service: null } : stream, "doctor", says + also + alsoLost(stream), {
    todo,
  });
}

function gapCause({ gaps, gap_seconds }: StreamStatus): string {
  return `has ${gaps === 1 ? "1 gap" : `${gaps} gaps`} of ${durationInWords(gap_seconds)}`;
}

function lostCause({ lost_seconds }: StreamStatus): string {
  return `has lost ${durationInWords(lost_seconds)} for good`;
}

/** Of one that has other trouble, too. */
function alsoLost(stream: StreamStatus): string {
  return stream.lost === 0 ? "" : `, and ${lostCause(stream)}`;
}

/** To the minute, UTC. */
function nextTry({ gap_ranges }: StreamStatus): string {
  const [first] = gap_ranges.map(({ next_try }) => next_try).sort();
  return `${first!.slice(0, 16)}Z`;
}

function need(
  stream: Omit<StreamStatus, "service"> & { readonly service: string | null },
  command: string,
  cause: string,
  { detail = stream.detail, todo }: { readonly detail?: string | null; readonly todo: string },
): Need {
  const { input, service, verdict, since } = stream;
  const words = ["graphtap", command, "--input", input, ...(service === null ? [] : ["--service", service])];
  return { input, service, streams: 1, verdict, cause, since, detail, todo, command: shellCommand(words) };
}

function together(one: Need, other: Need): Need {
  const since = [one.since, other.since].filter((time) => time !== null).sort()[0] ?? null;
  return { ...one, streams: one.streams + other.streams, since };
}
