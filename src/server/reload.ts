/** What came of reading the configuration again. */
import type { ProblemFields } from "../config/document/problems.ts";
import type { GraphtapError } from "../errors.ts";

/** A stream by its names. */
export interface StreamAt {
  readonly input: string;
  readonly service: string;
}

/** What another configuration changes, in its order. */
export interface Changes {
  readonly added: readonly StreamAt[];
  readonly removed: readonly StreamAt[];
  readonly changed: readonly StreamAt[];
  readonly unchanged: readonly StreamAt[];
}

/** Either what has changed, or why nothing has. */
export type ReloadResult =
  | { readonly changes: Changes }
  | {
    readonly error: GraphtapError;
    /** Every problem of the configuration with its place; none where it is not the reason. */
    readonly problems: readonly ProblemFields[];
  };
