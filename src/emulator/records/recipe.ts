import type { Instant } from "../../instant.ts";
import type { Random } from "../random.ts";
import type { Cast } from "./cast.ts";

/** What one record is made from. */
export interface Recipe {
  readonly random: Random;
  readonly cast: Cast;
  /** Records of this collection made before, for this tenant. Oddities come at fixed counts. */
  readonly n: number;
  /** The time that a client would filter by: the event, or the last change of an alert. */
  readonly at: Instant;
  /** Seconds after `at` that are free for a fraction. */
  readonly room: number;
  /** Whether the collection holds a record with this id. */
  readonly taken: (id: string) => boolean;
}
