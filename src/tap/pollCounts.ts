import type { GraphtapError } from "../errors.ts";

/** Records that a window of a re-read found. */
export interface LateFind {
  readonly records: number;
  /** How old the oldest of them was when it was found; seconds. */
  readonly bySeconds: number;
}

/** What one poll has done so far, apart from what becomes durable. */
export interface PollCounts {
  readonly requests: number;
  readonly pages: number;
  /** Requests among those made to read again what was read before. */
  readonly rereadRequests: number;
  /** What re-reads found, window by window. */
  readonly late: readonly LateFind[];
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
  countLate(find: LateFind): void;
  countGap(): void;
  countFailure(error: GraphtapError): void;
  countUpToDate(): void;
}

export function createPollCounts(): PollCounts {
  let requests = 0;
  let pages = 0;
  let rereadRequests = 0;
  const late: LateFind[] = [];
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
    late,
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
    countLate: (find) => void late.push(find),
    countGap: () => void gaps++,
    countFailure: (error) => void (failure = error),
    countUpToDate: () => void (isUpToDate = true),
  };
}
