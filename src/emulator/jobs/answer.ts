/** Answers `/security/auditLog/queries`: creates a search, lists them, shows one, and pages its records. */
import {
  addSeconds,
  compareInstants,
  formatInstant,
  fromMillis,
  type Instant,
  parseInstant,
} from "../../instant.ts";
import { pageBlocks } from "../body.ts";
import { graphHeaders, refuse, refuseTooMany } from "../graphErrors.ts";
import { QueryError } from "../odata/expression.ts";
import type { Page } from "../pages.ts";
import { numberedRecords, served } from "../served.ts";
import type { Row } from "../store.ts";
import { actionOf, type Admitted, type Call, type World } from "../world.ts";
import type { AuditJob } from "./jobs.ts";

const MOST_RECORDS = 1_000_000;
const LIST_SIZE = 50;
const KEPT_DAYS = 180;

const TEXTS = [
  "administrativeUnitIdFilters",
  "ipAddressFilters",
  "objectIdFilters",
  "operationFilters",
  "recordTypeFilters",
  "serviceFilters",
  "userPrincipalNameFilters",
];
const TEXT = ["keywordFilter", "serviceFilter"];

/** @throws QueryError for a body that Graph would refuse */
export function createJob({ grant: { tenant } }: Admitted, call: Call, world: World): Response {
  const now = world.clock.now();
  const asked = readJob(call.body, fromMillis(now));
  const wait = world.throttle.admit(["audit-search"], tenant, now);
  const job = wait > 0 ? null : world.jobs.create(tenant.tenantId, asked, now);
  if (job === null) {
    const headers: Record<string, string> = wait > 0 ? { "retry-after": String(wait) } : {};
    const refusal = { status: 429, code: "TooManyRequests", message: "Too many audit log queries.", headers };
    return refuseTooMany(refusal, call, world.clock);
  }
  return json(shown(job, world), 201, call, world);
}

/** @throws QueryError for a query that Graph would refuse */
export function answerJobs(admitted: Admitted, call: Call, world: World): Response {
  const { url, grant: { tenant }, collection } = admitted;
  const all = world.jobs.list(tenant.tenantId, world.clock.now());
  const [id, part] = url.pathname.slice(collection.path.length + 1).split("/");
  if (!id) {
    const { items, nextLink } = pageOf(all, url, LIST_SIZE);
    const link = nextLink === null ? {} : { "@odata.nextLink": nextLink };
    return json({ value: items.map((job) => shown(job, world)), ...link }, 200, call, world);
  }
  const job = all.find((one) => one.id === decodeURIComponent(id));
  if (job === undefined) {
    return refuse({ status: 404, code: "UnknownError", message: "Query is not found." }, call, world.clock);
  }
  if (world.jobs.statusOf(job, world.clock.now()) === "succeeded") {
    job.found ??= search(job, world.store.rows(tenant.tenantId, collection));
  }
  if (part === undefined) return json(shown(job, world), 200, call, world);
  if (part !== "records") {
    throw new QueryError(`Resource not found for the segment '${part}'.`, "no such segment");
  }
  if (job.found === null) throw new QueryError("Query has not completed.", "the search is not done");
  return recordsPage(job.found.slice(0, mostOf(world)), job.id, admitted, call, world);
}

function recordsPage(
  found: readonly Row[],
  id: string,
  { request, url, grant, collection }: Admitted,
  call: Call,
  world: World,
): Response {
  const top = Number(url.searchParams.get("$top") ?? 150);
  if (!(top >= 1 && top <= 999)) throw new QueryError("Invalid page size specified.", "$top is 1 to 999");
  const size = Math.min(top, actionOf(call, "shortPage")?.records ?? top);
  const { items, nextLink, index } = pageOf(found, url, size);
  call.entry.page = index;
  call.entry.records = items.length;
  const records = items.map(({ bytes }) => bytes);
  const page: Page = { rows: [], nextLink, count: null, index, firstUrl: url.href };
  const numbered = numberedRecords(records, grant.tenant.tenantId, collection.name, world);
  const blocks = pageBlocks(page, numbered, {
    context: `${url.origin}/beta/$metadata#security/auditLog/queries('${id}')/records`,
    random: world.random,
    broken: actionOf(call, "invalidJson") !== undefined,
  });
  return served(blocks, request, call, world);
}

function mostOf({ options }: World): number {
  return options.jobs?.mostRecords ?? MOST_RECORDS;
}

/** A page, by an offset in its link. */
function pageOf<T>(all: readonly T[], url: URL, size: number) {
  const offset = Number(url.searchParams.get("$skiptoken") ?? 0);
  const next = new URL(url);
  next.searchParams.set("$skiptoken", String(offset + size));
  const nextLink = offset + size < all.length ? next.href : null;
  return { items: all.slice(offset, offset + size), nextLink, index: Math.floor(offset / size) };
}

function search({ from, to, filters }: AuditJob, rows: readonly Row[]): Row[] {
  return rows.filter(({ bytes }) => {
    const record = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
    const time = parseInstant(String(record["createdDateTime"]));
    if (time === null || compareInstants(time, from) < 0 || compareInstants(time, to) > 0) return false;
    return holds(filters["recordTypeFilters"], record["auditLogRecordType"]) &&
      holds(filters["serviceFilters"], record["service"]) &&
      holds(filters["operationFilters"], record["operation"]) &&
      [undefined, record["service"]].includes(filters["serviceFilter"]);
  });
}

function holds(wanted: unknown, value: unknown): boolean {
  return !Array.isArray(wanted) || wanted.length === 0 || wanted.includes(value);
}

function readJob(body: string, now: Instant): Pick<AuditJob, "displayName" | "from" | "to" | "filters"> {
  const invalid = (reason: string) => new QueryError("Invalid request data", reason);
  let members: Record<string, unknown>;
  try {
    members = JSON.parse(body);
  } catch {
    throw invalid("the body is not JSON");
  }
  const { displayName, filterStartDateTime, filterEndDateTime, "@odata.type": _, ...filters } = members;
  const [from, to] = [filterStartDateTime, filterEndDateTime].map((text) => parseInstant(String(text)));
  if (from == null || to == null || compareInstants(from, to) >= 0) {
    throw invalid("the end is not after the start");
  }
  if (compareInstants(from, addSeconds(now, -KEPT_DAYS * 86_400)) < 0) {
    throw invalid(`older than ${KEPT_DAYS} days`);
  }
  for (const [name, value] of Object.entries(filters)) {
    const isRight = TEXT.includes(name)
      ? typeof value === "string"
      : TEXTS.includes(name) && Array.isArray(value) && value.every((one) => typeof one === "string");
    if (!isRight) throw invalid(`"${name}" is not known, or not of its kind`);
  }
  return { displayName: String(displayName ?? ""), from, to, filters };
}

function shown(job: AuditJob, world: World): object {
  const most = mostOf(world);
  return {
    "@odata.type": "#microsoft.graph.security.auditLogQuery",
    id: job.id,
    displayName: job.displayName,
    filterStartDateTime: formatInstant(job.from),
    filterEndDateTime: formatInstant(job.to),
    ...job.filters,
    status: world.jobs.statusOf(job, world.clock.now()),
    recordCountLimit: most,
    isRecordCountLimitExceeded: job.found !== null && job.found.length > most,
  };
}

function json(body: object, status: number, call: Call, world: World): Response {
  const headers = { ...graphHeaders(call, world.clock), "content-type": "application/json" };
  return new Response(JSON.stringify(body), { status, headers });
}
