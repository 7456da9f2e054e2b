import { fromMillis } from "../instant.ts";
import { pageBlocks } from "./body.ts";
import { grantOf, permissionRefusal } from "./access.ts";
import type { Collection } from "./collections.ts";
import { answerApplication } from "./entra/applications.ts";
import { actionOf, type Admitted, type Call, type World } from "./world.ts";
import { type GraphRefusal, refuse, refuseTooMany } from "./graphErrors.ts";
import { answerJobs, createJob } from "./jobs/answer.ts";
import { answerHunting } from "./hunting/answer.ts";
import { unknownTable } from "./hunting/query.ts";
import { QueryError } from "./odata/expression.ts";
import { type Query, readQuery } from "./odata/query.ts";
import { type Page, servePage } from "./pages.ts";
import { numberedRecords, served } from "./served.ts";
import { projectRecord, visibleBytes } from "./visible.ts";

/** Answers a request below /v1.0 or /beta, in Graph's order: token, permission, licence, budget, query. */
export function answerGraph(request: Request, call: Call, world: World): Response {
  const application = answerApplication(request, call, world);
  if (application !== undefined) return application;
  const url = new URL(request.url);
  const grant = grantOf(request, url, world);
  if ("status" in grant) return refuse(grant, call, world.clock);
  const collection = world.collections.at(url.pathname, call.body);
  if (collection === undefined) {
    const unknown = request.method === "POST" ? unknownTable(call, world) : null;
    return refuse(unknown ?? unknownSegment(url), call, world.clock);
  }
  const denied = permissionRefusal(collection, grant);
  if (denied !== undefined) return refuse(denied, call, world.clock);
  const wait = world.throttle.admit(collection.quotas, grant.tenant, world.clock.now());
  if (wait > 0) return throttled(collection, wait, call, world);
  world.skipTokens.age();
  const answer = answers(request.method, collection);
  if (answer === null) return refuse(NO_METHOD, call, world.clock);
  try {
    return answer({ request, url, grant, collection }, call, world);
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    const code = error.message.startsWith("Invalid Skip Token") ? "UnknownError" : "BadRequest";
    const refusal = { status: 400, code, message: error.message, reason: error.reason };
    return refuse(refusal, call, world.clock);
  }
}

/** What answers a method of a collection; `null` where there is none. */
function answers(method: string, { plugin: { cursor } }: Collection) {
  if (cursor.kind === "query") return method === "POST" ? answerHunting : null;
  if (cursor.kind === "job") return method === "POST" ? createJob : method === "GET" ? answerJobs : null;
  return method === "GET" ? pageResponse : null;
}

const NO_METHOD: GraphRefusal = {
  status: 405,
  code: "Request_BadRequest",
  message: "Specified HTTP method is not allowed for the request target.",
};

/** A collection that does not exist is a 400, not a 404. */
function unknownSegment(url: URL): GraphRefusal {
  const segment = url.pathname.split("/").filter((part) => part !== "").at(-1) ?? "";
  return { status: 400, code: "BadRequest", message: `Resource not found for the segment '${segment}'.` };
}

function throttled(collection: Collection, wait: number, call: Call, world: World): Response {
  // throttling-limits: identity protection sends no Retry-After.
  const isSilent = collection.quotas.includes("identity-protection");
  const headers: Record<string, string> = isSilent ? {} : { "retry-after": String(wait) };
  if (collection.wording !== "reports") {
    const refusal = { status: 429, code: "TooManyRequests", message: "Please retry again later.", headers };
    return refuseTooMany(refusal, call, world.clock);
  }
  const message =
    "This request is throttled. Please try again after the value specified in the Retry-After header. " +
    `CorrelationId: ${call.requestId}`;
  return refuse({ status: 429, code: "UnknownError", message, headers }, call, world.clock);
}

function pageResponse(
  { request, url, grant: { tenant }, collection }: Admitted,
  call: Call,
  world: World,
): Response {
  const page = servePage({
    url,
    tenantId: tenant.tenantId,
    collection,
    query: queryOf(request, url, collection, call, world),
    limit: actionOf(call, "emptyPage") ? 0 : actionOf(call, "shortPage")?.records,
  }, {
    store: world.store,
    tokens: world.skipTokens,
    random: world.random,
    uneven: world.options.unevenPages ?? true,
    ceiling: ({ name }) => world.options.skipCeilings?.[name] ?? Number.MAX_SAFE_INTEGER,
  });
  if (page.isDead) return refuse({ status: 504, code: "GatewayTimeout", message: "" }, call, world.clock);
  call.entry.page = page.index;
  call.entry.records = page.rows.length;
  const select = url.searchParams.get("$select")?.split(",") ?? null;
  const records = page.rows.map((row) => {
    const bytes = visibleBytes(row, collection, request.headers.get("prefer"));
    return select === null ? bytes : projectRecord(bytes, select);
  });
  const numbered = numberedRecords(records, tenant.tenantId, collection.name, world);
  const blocks = pageBlocks(withLinkFaults(page, url, call), numbered, {
    context: `${url.origin}/${collection.path.split("/")[1]}/$metadata#${
      collection.path.split("/").slice(2).join("/")
    }`,
    random: world.random,
    broken: actionOf(call, "invalidJson") !== undefined,
  });
  return served(blocks, request, call, world);
}

function queryOf(request: Request, url: URL, collection: Collection, call: Call, world: World): Query {
  const now = fromMillis(world.clock.now());
  const preferred = /odata\.maxpagesize=(\d+)/.exec(request.headers.get("prefer") ?? "")?.[1];
  const size = collection.sizedBy === "prefer" && preferred !== undefined
    ? Number(preferred)
    : world.options.defaultPageSizes?.[collection.name] ?? collection.page.size;
  const query = readQuery(url.searchParams, collection, size, now);
  return actionOf(call, "ignoreFilter") ? { ...query, filter: null } : query;
}

function withLinkFaults(page: Page, url: URL, call: Call): Page {
  const loop = actionOf(call, "loopLink");
  if (loop !== undefined) return { ...page, nextLink: loop.to === "first" ? page.firstUrl : url.href };
  const foreign = actionOf(call, "foreignLink");
  if (foreign === undefined) return page;
  const link = new URL(page.nextLink ?? url.href);
  return {
    ...page,
    nextLink: `${foreign.origin ?? "https://graph.example.net"}${link.pathname}${link.search}`,
  };
}
