import { GraphtapError } from "../../errors.ts";
import { addSeconds, compareInstants, floorSecond, type Window } from "../../instant.ts";
import type { LeftOut } from "../../record/tally.ts";
import type { Stream } from "../stream.ts";

/** The gap that a record leaves which is too long: its second, or where its time is not known all of the window. */
export function gapOf({ time }: LeftOut, window: Window): Window {
  if (time === null || compareInstants(time, window.from) < 0 || compareInstants(time, window.to) > 0) {
    return { from: window.from, to: window.to };
  }
  const from = floorSecond(time);
  return { from, to: addSeconds(from, 1) };
}

/** Says which record it is. */
export function leftOutError({ service }: Stream, { what, id }: LeftOut): GraphtapError {
  return new GraphtapError(
    "record-too-large",
    `Cannot read page of "${service.name}": ${what}; it is left out${
      id === null ? "" : ` (its id is ${id})`
    }, and the others were delivered`,
  );
}
