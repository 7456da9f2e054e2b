import type { GraphtapError } from "../errors.ts";

/** What one poll has done so far, apart from what becomes durable. */
export interface PollCounts {
  readonly requests: number;
  readonly pages: number;
  /** Requests among those made to read again what was read before. */
  readonly rereadRequests: number;
  /** Records that a re-read found. */
  readonly late: number;
  /** How old the oldest of those was when it was found; seconds. */
  readonly lateBySeconds: number;
  /** Windows that could not be read. */
  readonly gaps: number;
  /** What a request last failed with before a page was read; `null` once one was, or while nothing has failed. */
  readonly failure: GraphtapError | null;
  /** Whether what is new was read to its end. */
  readonly isUpToDate: boolean;
  countRequest(): void;
  countPage(): void;
  /** So many of the requests that were counted belong to a re-read. */
  countRereadRequests(requests: number): void;
  /** A re-read found records, the oldest of which was so old. */
  countLate(records: number, bySeconds: number): void;
  countGap(): void;
  countFailure(error: GraphtapError): void;
  countUpToDate(): void;
}

export function createPollCounts(): PollCounts {
  let requests = 0;
  let pages = 0;
  let rereadRequests = 0;
  let late = 0;
  let lateBySeconds = 0;
  let gaps = 0;
  let isUpToDate = false;
  let failure: GraphtapError | null = null;
  return {
    get requests() {
      return requests;
    },
    get pages() {
      return pages;
    },
    get rereadRequests() {
      return rereadRequests;
    },
    get late() {
      return late;
    },
    get lateBySeconds() {
      return lateBySeconds;
    },
    get gaps() {
      return gaps;
    },
    get isUpToDate() {
      return isUpToDate;
    },
    get failure() {
      return pages === 0 ? failure : null;
    },
    countRequest: () => void requests++,
    countPage: () => void pages++,
    countRereadRequests: (more) => void (rereadRequests += more),
    countLate(records, bySeconds) {
      late += records;
      lateBySeconds = Math.max(lateBySeconds, bySeconds);
    },
    countGap: () => void gaps++,
    countFailure: (error) => void (failure = error),
    countUpToDate: () => void (isUpToDate = true),
  };
}
