/** Places in a seen set: what a checkpoint tells by whether something was committed after it, without any clock. */
import { listSegments, segmentSize } from "./segmentNames.ts";

/** A place between two commits of a seen set; places grow over its life. */
export interface SeenPlace {
  /** Number of the segment; 0 before the first. */
  readonly segment: number;
  readonly bytes: number;
}

/** A position that was committed with its keys, and where. */
export interface PlacedPosition extends SeenPlace {
  readonly text: string;
}

/** Where the files end, told without reading them; damage at the end counts as theirs. @throws `state-unusable` */
export function endOfFiles(dir: string): SeenPlace {
  const last = listSegments(dir).current.at(-1);
  return last === undefined
    ? { segment: 0, bytes: 0 }
    : { segment: last.number, bytes: segmentSize(last.path) };
}

/** Whether one place lies before another. */
export function isBefore(one: SeenPlace, other: SeenPlace): boolean {
  return one.segment === other.segment ? one.bytes < other.bytes : one.segment < other.segment;
}
