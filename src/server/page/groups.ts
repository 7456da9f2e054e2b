import { createHash } from "node:crypto";
import { shownName } from "../status/filter.ts";
import type { StreamStatus } from "../status/schema.ts";
import { type Verdict, VERDICTS, worse } from "../status/verdict.ts";

/** An input and its streams. */
export interface Group {
  /** The same for the same input, and for no other. */
  readonly id: string;
  /** As it is shown. */
  readonly name: string;
  /** The worst of its streams. */
  readonly verdict: Verdict;
  readonly streams: readonly StreamStatus[];
}

/** Streams by input, the worst first, else in their order. */
export function groupsOf(streams: readonly StreamStatus[]): Group[] {
  return [...byInput(streams)].map(([name, own]) => ({
    id: `i${createHash("sha256").update(name).digest("hex").slice(0, 12)}`,
    name: shownName(name),
    verdict: own.reduce<Verdict>((worst, { verdict }) => worse(worst, verdict), "healthy"),
    streams: own.sort(byVerdict),
  })).sort(byVerdict);
}

function byInput(streams: readonly StreamStatus[]): Map<string, StreamStatus[]> {
  const groups = new Map<string, StreamStatus[]>();
  for (const stream of streams) {
    const own = groups.get(stream.input);
    if (own === undefined) groups.set(stream.input, [stream]);
    else own.push(stream);
  }
  return groups;
}

function byVerdict(a: { readonly verdict: Verdict }, b: { readonly verdict: Verdict }): number {
  return VERDICTS.indexOf(a.verdict) - VERDICTS.indexOf(b.verdict);
}
