/** Which streams somebody wants to see. */
import { visibleLine } from "../../telemetry/visible.ts";
import type { StreamStatus } from "./schema.ts";
import { type Verdict, VERDICTS } from "./verdict.ts";

/** Longer names are cut where they are shown. */
const LONGEST_NAME = 60;

/** What a query asks for; an empty text, or `null`, asks for all. */
export interface Filter {
  /** A part of the input's or the service's name, in upper or lower case. */
  readonly text: string;
  readonly verdict: Verdict | null;
  /** One input, by its name or by what is shown of it. */
  readonly input: string | null;
}

/** The filter of a query: `q`, `state` and `input`. Other parameters, and states that there are not, ask for nothing. */
export function filterOf(query: URLSearchParams): Filter {
  return {
    text: (query.get("q") ?? "").trim(),
    verdict: VERDICTS.find((word) => word === query.get("state")) ?? null,
    input: query.get("input") || null,
  };
}

/** The streams that a filter lets through, in their order. */
export function filtered(streams: readonly StreamStatus[], { text, verdict, input }: Filter): StreamStatus[] {
  const part = text.toLowerCase();
  return streams.filter((stream) =>
    (verdict === null || stream.verdict === verdict) &&
    (input === null || stream.input === input || shownName(stream.input) === input) &&
    (part === "" || `${stream.input}/${stream.service}`.toLowerCase().includes(part))
  );
}

/** A name from a configuration as it may be shown: on one line, in its own direction, and not without end. */
export function shownName(name: string): string {
  return cutText(visibleLine(name), LONGEST_NAME);
}

/** A text of so many characters at most. */
export function cutText(text: string, most: number): string {
  if (text.length <= most) return text;
  // A character may take two places.
  const characters = Array.from(text.slice(0, 2 * most + 2));
  return characters.length <= most ? text : `${characters.slice(0, most).join("")}…`;
}
