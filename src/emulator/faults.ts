import type * as z from "zod";
import { GraphtapError } from "../errors.ts";
import type { Collections } from "./collections.ts";
import type { CheckedFault, Fault, FaultAction } from "./fault.ts";
import { faultFileSchema, faultSchema } from "./faultSchema.ts";

export type { Fault, FaultAction } from "./fault.ts";

/** A fault that was switched on. */
export interface ActiveFault {
  /** Requests that it has hit. */
  readonly hits: number;
  /** Whether it will hit no more. */
  readonly spent: boolean;
  /** Switches it off. */
  remove(): void;
}

/** What a fault can tell requests apart by. */
export interface FaultSubject {
  readonly collection: string | null;
  readonly path: string;
  readonly tenantId: string | null;
  /** Page that is asked for. */
  readonly page: number;
  /** Seconds from the newest moment that is asked for until now; 0 without such a bound. */
  readonly ageSeconds: number;
}

/** The faults of an emulator, in the order in which they were added. */
export interface Faults {
  /** Switches a fault on. @throws GraphtapError `usage` when it is no fault, or for a collection that there is not */
  add(fault: Fault): ActiveFault;
  /**
   * Adds the faults of a parsed JSON file.
   *
   * @throws GraphtapError `usage` when they are not faults
   */
  load(faults: unknown): readonly ActiveFault[];
  /** Switches all off. */
  clear(): void;
  /** Those that may still hit a request. */
  readonly active: readonly Fault[];
}

/** The emulator's side of {@linkcode Faults}. */
export interface FaultRegister extends Faults {
  /** Counts a request, and gives what is to be done to it. */
  take(subject: FaultSubject): FaultAction[];
}

interface Entry {
  readonly fault: CheckedFault;
  seen: number;
  hits: number;
}

/** A register without faults. */
export function createFaults(collections: Collections): FaultRegister {
  const entries: Entry[] = [];

  function add({ match, do: action }: CheckedFault): ActiveFault {
    const { collection: meant } = match;
    const named = meant === undefined || meant === "token"
      ? {}
      : { collection: collections.named(meant).name };
    const entry: Entry = { fault: { match: { ...match, ...named }, do: action }, seen: 0, hits: 0 };
    entries.push(entry);
    return {
      get hits() {
        return entry.hits;
      },
      get spent() {
        return isSpent(entry);
      },
      remove() {
        const index = entries.indexOf(entry);
        if (index >= 0) entries.splice(index, 1);
      },
    };
  }

  return {
    add: (fault) => add(checked(faultSchema, fault)),
    load: (faults) => checked(faultFileSchema, faults).map(add),
    clear: () => void entries.splice(0),
    get active() {
      return entries.filter((entry) => !isSpent(entry)).map((entry) => entry.fault);
    },
    take: (subject) => entries.filter((entry) => hit(entry, subject)).map((entry) => entry.fault.do),
  };
}

function hit(entry: Entry, subject: FaultSubject): boolean {
  const { match } = entry.fault;
  if (match.collection !== undefined && match.collection !== subject.collection) return false;
  if (match.path !== undefined && !subject.path.includes(match.path)) return false;
  if (match.tenantId !== undefined && match.tenantId !== subject.tenantId) return false;
  if (match.page !== undefined && match.page !== subject.page) return false;
  if (subject.ageSeconds < (match.olderThanSeconds ?? 0)) return false;
  entry.seen++;
  if (entry.seen < (match.nth ?? 1) || isSpent(entry)) return false;
  entry.hits++;
  return true;
}

function isSpent({ fault, hits }: Entry): boolean {
  const times = fault.match.times ?? 1;
  return times !== "always" && hits >= times;
}

function checked<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `${issue.path.join(".") || "fault"}: ${issue.message}`);
  throw new GraphtapError("usage", `Cannot switch on faults: ${problems.join("; ")}`, {
    cause: result.error,
  });
}
