/** Jobs as Graph knows them: one is created, looked at until it is done, and found again by its name. */
import { GraphtapError } from "../errors.ts";
import { fromMillis, type Instant } from "../instant.ts";
import type { Asked } from "./asked.ts";
import type { GraphRequest } from "./client.ts";
import { createVisited } from "./links.ts";
import { type PageReader, readPage } from "./pages.ts";
import type { Permits } from "./permits.ts";
import { MAX_ATTEMPTS, withRetries } from "./retry.ts";
import { readText } from "./transport.ts";

/** Who asks, and where. */
export interface JobAccess {
  readonly reader: PageReader;
  /** The collection of jobs. */
  readonly url: string;
  readonly asked: Asked;
  readonly permits: Permits;
  readonly signal: AbortSignal;
}

/** What Graph says of a job. */
export interface JobAnswer {
  readonly id: string | null;
  readonly status: string;
  /** Whether it found more records than one job may hold. */
  readonly isCutOff: boolean;
  /** Graph's own clock, if it said. */
  readonly serverTime: Instant | null;
}

/** Jobs are small; what is larger is none. */
const MOST_BYTES = 256 * 1024;
/** A tenant's list may be long, since jobs stay for 30 days. */
const MOST_LIST_PAGES = 100;

/**
 * Creates a job, by one request: whoever sends it again may create it twice.
 *
 * @throws as the answer says
 */
export async function createJob(access: JobAccess, body: object): Promise<JobAnswer> {
  access.reader.onRequest();
  return await answerTo(access, { url: access.url, body: JSON.stringify(body) });
}

/** Looks at a job. @throws as the answer says; page-link-expired when it is not there any more */
export function lookAtJob(access: JobAccess, id: string): Promise<JobAnswer> {
  const { reader, signal } = access;
  const asked = { ...access.asked, followsLink: true };
  return withRetries(() => {
    reader.onRequest();
    return answerTo({ ...access, asked }, { url: `${access.url}/${encodeURIComponent(id)}` });
  }, {
    clock: reader.clock,
    random: reader.random,
    attempts: MAX_ATTEMPTS,
    signal,
    onRetry: (error) => reader.onFailure?.(error),
  });
}

/** The id of the job that has this name; `null` where none has. @throws as the answers say */
export async function findJob(access: JobAccess, name: string): Promise<string | null> {
  const { reader, asked, permits, signal } = access;
  let found: string | null = null;
  // What takes records must not get to see jobs, however many there are.
  const { onBatch: _, onTooLong: __, ...rest } = reader;
  const looking: PageReader = {
    ...rest,
    onProgress: () => Promise.resolve(),
    onRecord(bytes, start, end) {
      const job = JSON.parse(new TextDecoder().decode(bytes.subarray(start, end))) as Members;
      if (job["displayName"] === name && typeof job["id"] === "string") found = job["id"];
    },
  };
  const visited = createVisited();
  let url: string | null = access.url;
  for (let pages = 0; url !== null && found === null && pages < MOST_LIST_PAGES; pages++) {
    visited.add(url);
    const how = { permits, visited, attempts: MAX_ATTEMPTS };
    url = (await readPage(looking, { url }, { ...asked, followsLink: pages > 0 }, how, signal)).nextLink;
  }
  return found;
}

type Members = Readonly<Record<string, unknown>>;

async function answerTo(access: JobAccess, request: GraphRequest): Promise<JobAnswer> {
  const { reader: { graph }, asked, permits, signal } = access;
  const response = await graph.ask(request, asked, permits, signal);
  const members = jobIn(await readText(response, MOST_BYTES));
  if (members === null) {
    throw new GraphtapError("page-invalid", `Cannot read job of "${asked.service}": the answer is no job`);
  }
  const { id, status, isRecordCountLimitExceeded: isCutOff } = members;
  const date = Date.parse(response.header("date") ?? "");
  return {
    id: typeof id === "string" && id !== "" ? id : null,
    status: typeof status === "string" ? status : "",
    isCutOff: isCutOff === true,
    serverTime: Number.isNaN(date) ? null : fromMillis(date),
  };
}

/** The members of a job; Microsoft's page about one shows it within a "value". */
function jobIn(text: string): Members | null {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body !== "object" || body === null) return null;
    const value = (body as Members)["value"];
    return (typeof value === "object" && value !== null ? value : body) as Members;
  } catch {
    return null;
  }
}
