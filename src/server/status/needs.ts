/** What somebody should look at: of each stream that is not healthy what is wrong, since when, and what to do. */
import { durationInWords } from "../../telemetry/duration.ts";
import { shellCommand } from "../../telemetry/shellCommand.ts";
import { causeOf } from "./causes.ts";
import type { Need, StreamStatus } from "./schema.ts";
import { VERDICTS } from "./verdict.ts";

/** So many of them at most, one of each cause before others of the same: nothing hides behind an outage of many. */
export function mostTelling(needs: readonly Need[], most: number): readonly Need[] {
  const causes = new Set<string>();
  const isFirst = ({ cause }: Need) => causes.size < causes.add(cause).size;
  const [firsts, others]: [Need[], Need[]] = [[], []];
  for (const need of needs) (isFirst(need) ? firsts : others).push(need);
  const chosen = new Set([...firsts, ...others].slice(0, most));
  return needs.filter((need) => chosen.has(need));
}

/** A stream, or all of an input's that fail for one cause, as one. */
interface Troubled extends Omit<StreamStatus, "service"> {
  /** `null` for several. */
  readonly service: string | null;
  readonly streams: number;
}

/** The needs of these streams, the worst first; what lies with a whole input is one of them. */
export function needsOf(streams: readonly StreamStatus[]): Need[] {
  return byCause(streams).map(needOf).filter((need) => need !== null)
    .sort((a, b) => VERDICTS.indexOf(a.verdict) - VERDICTS.indexOf(b.verdict));
}

function byCause(streams: readonly StreamStatus[]): Troubled[] {
  const groups = new Map<string, StreamStatus[]>();
  for (const stream of streams) {
    const { input, service, verdict, code } = stream;
    const isShared = verdict === "failing" && code !== null && causeOf(code).isShared === true;
    const key = JSON.stringify(isShared ? [input, code, "shared"] : [input, service]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [stream]);
    else group.push(stream);
  }
  return [...groups.values()].map(asOne);
}

function asOne(group: readonly StreamStatus[]): Troubled {
  const [first] = group;
  const sum = (pick: (stream: StreamStatus) => number) =>
    group.reduce((so_far, stream) => so_far + pick(stream), 0);
  return {
    ...first!,
    service: group.length === 1 ? first!.service : null,
    streams: group.length,
    since: group.map(({ since }) => since).filter((time) => time !== null).sort()[0] ?? null,
    gaps: sum(({ gaps }) => gaps),
    gap_seconds: sum(({ gap_seconds }) => gap_seconds),
    lost: sum(({ lost }) => lost),
    lost_seconds: sum(({ lost_seconds }) => lost_seconds),
  };
}

function needOf(stream: Troubled): Need | null {
  switch (stream.verdict) {
    case "failing": {
      const { says, todo, command = ["doctor"] } = causeOf(stream.code ?? "bug");
      const also = stream.gaps > 0 ? `, and ${gapCause(stream)}` : "";
      return need(stream, command, says + also + alsoLost(stream), { todo });
    }
    case "gap":
      return need(stream, ["gaps"], gapCause(stream) + alsoLost(stream), {
        detail: stream.gap_ranges.map(({ from, to, reason }) => `${from} to ${to}: ${reason}`).join("; "),
        todo: `Graph did not serve it. It is tried again by itself, next at ${nextTry(stream)}.`,
      });
    case "late":
      return need(
        stream,
        ["doctor"],
        `is ${durationInWords(stream.lag_seconds ?? 0)} behind${alsoLost(stream)}`,
        {
          todo: lateTodo(stream),
        },
      );
    case "lost":
      return need(stream, ["gaps"], lostCause(stream), {
        detail: stream.lost_ranges.map(({ from, to, reason }) => `${from} to ${to}: ${reason}`).join("; "),
        todo:
          "Graph keeps these records no longer. Nothing brings them back: see what kept them from being read, " +
          'and take note of it by "graphtap gaps --forget".',
      });
    default:
      return null;
  }
}

function lateTodo(stream: Troubled): string {
  if (stream.code === null) {
    return "Requests wait for their budget or for answers: a longer period, or fewer services for each tenant, need less.";
  }
  const { says, todo } = causeOf(stream.code);
  return `It ${says}. ${todo}`;
}

function gapCause({ gaps, gap_seconds }: Troubled): string {
  return `has ${gaps === 1 ? "1 gap" : `${gaps} gaps`} of ${durationInWords(gap_seconds)}`;
}

function lostCause({ lost_seconds }: Troubled): string {
  return `has lost ${durationInWords(lost_seconds)} for good`;
}

/** Of one that has other trouble, too. */
function alsoLost(stream: Troubled): string {
  return stream.lost === 0 ? "" : `, and ${lostCause(stream)}`;
}

/** To the minute, UTC. */
function nextTry({ gap_ranges }: Troubled): string {
  const [first] = gap_ranges.map(({ next_try }) => next_try).sort();
  return `${first!.slice(0, 16)}Z`;
}

function need(
  stream: Troubled,
  command: readonly string[],
  cause: string,
  { detail = stream.detail, todo }: { readonly detail?: string | null; readonly todo: string },
): Need {
  const { input, service, streams, verdict, since } = stream;
  const words = [
    "graphtap",
    ...command,
    "--input",
    input,
    ...(service === null ? [] : ["--service", service]),
  ];
  return { input, service, streams, verdict, cause, since, detail, todo, command: shellCommand(words) };
}
