/** What was asked of Graph and of the login service: counted for each request and page, never for each record. */
import type { Clock } from "../clock.ts";
import { createHistogram, type Histogram } from "../telemetry/histogram.ts";
import type { TokenIssuer } from "./auth/token.ts";
import type { Limiter, Priority } from "./limiter.ts";

/** The first digit of a status, such as `2xx`; `none` where no answer came. */
export type StatusClass = `${1 | 2 | 3 | 4 | 5}xx` | "none";

/** What went to and fro for one stream. */
export interface StreamTraffic {
  readonly answers: ReadonlyMap<StatusClass, number>;
  /** Bytes of pages, inflated. */
  receivedBytes(): number;
  /** Seconds until an answer began; shared by all streams of a service. */
  readonly durations: Histogram;
  /** Shared by the streams of an input. */
  readonly input: InputTraffic;
  /** @param status `null` where no answer came */
  answered(status: number | null, ms: number): void;
  received(bytes: number): void;
}

/** What the streams of an input share. */
export interface InputTraffic {
  readonly tokens: number;
  readonly tokenFailures: number;
  /** By the name of the budget. */
  readonly budgets: ReadonlyMap<string, BudgetTraffic>;
  /** The issuer, counted. */
  issuing(issue: TokenIssuer): TokenIssuer;
  /** The limiter, its waits counted under the name of a budget. */
  limiting(budget: string, limiter: Limiter): Limiter;
}

/** How an input fared with one of its budgets. */
export interface BudgetTraffic {
  readonly limiters: readonly Limiter[];
  readonly permits: ReadonlyMap<Priority, { readonly given: number; readonly waitedMs: number }>;
}

/** Graph answers within a second as a rule, and may think for minutes. */
const DURATIONS_SECONDS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];

/** Seconds until answers began, by the name of a service. */
export function createDurations(): (service: string) => Histogram {
  const all = new Map<string, Histogram>();
  return (service) => {
    const durations = all.get(service) ?? createHistogram(DURATIONS_SECONDS);
    all.set(service, durations);
    return durations;
  };
}

export function createStreamTraffic(input: InputTraffic, durations: Histogram): StreamTraffic {
  const answers = new Map<StatusClass, number>();
  let receivedBytes = 0;
  return {
    answers,
    receivedBytes: () => receivedBytes,
    durations,
    input,
    answered(status, ms) {
      const name = classOf(status);
      answers.set(name, (answers.get(name) ?? 0) + 1);
      if (status !== null) durations.observe(ms / 1000);
    },
    received: (bytes) => void (receivedBytes += bytes),
  };
}

export function createInputTraffic(clock: Pick<Clock, "now">): InputTraffic {
  const budgets = new Map<string, ReturnType<typeof createBudgetTraffic>>();
  let tokens = 0;
  let tokenFailures = 0;
  return {
    get tokens() {
      return tokens;
    },
    get tokenFailures() {
      return tokenFailures;
    },
    budgets,
    issuing: (issue) => async (signal, claims) => {
      try {
        const issued = await issue(signal, claims);
        tokens++;
        return issued;
      } catch (thrown) {
        if (signal?.aborted !== true) tokenFailures++;
        throw thrown;
      }
    },
    limiting(budget, limiter) {
      const traffic = budgets.get(budget) ?? createBudgetTraffic(clock);
      budgets.set(budget, traffic);
      return traffic.limiting(limiter);
    },
  };
}

function createBudgetTraffic(clock: Pick<Clock, "now">) {
  const limiters: Limiter[] = [];
  const permits = new Map<Priority, { given: number; waitedMs: number }>();
  return {
    limiters,
    permits,
    limiting(limiter: Limiter): Limiter {
      if (!limiters.includes(limiter)) limiters.push(limiter);
      return {
        ...limiter,
        async acquire(priority, signal) {
          const since = clock.now();
          const permit = await limiter.acquire(priority, signal);
          const counts = permits.get(priority) ?? { given: 0, waitedMs: 0 };
          counts.given++;
          // A clock that was set back gives no time back.
          counts.waitedMs += Math.max(0, clock.now() - since);
          permits.set(priority, counts);
          return permit;
        },
      };
    },
  };
}

const CLASSES: readonly StatusClass[] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

function classOf(status: number | null): StatusClass {
  return status === null ? "none" : CLASSES[Math.floor(status / 100) - 1] ?? "none";
}
