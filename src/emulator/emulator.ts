import { systemClock } from "../clock.ts";
import { fromMillis, parseInstant, secondsBetween } from "../instant.ts";
import { annotate, answerFaults, connectionReset, damageBody } from "./applyFaults.ts";
import { answerAdmin } from "./admin.ts";
import { createApp } from "./app.ts";
import { abortable } from "./body.ts";
import { type Collection, createCollections } from "./collections.ts";
import { createReplays } from "./entra/replays.ts";
import { createTokens } from "./entra/tokens.ts";
import type { Call, World } from "./world.ts";
import { createFaults, type FaultRegister, type Faults } from "./faults.ts";
import { defaultTenant, type EmulatorOptions, type TenantOptions } from "./options.ts";
import { createRandom } from "./random.ts";
import { createJobs } from "./jobs/jobs.ts";
import { createHoldings, type Holdings } from "./records/holdings.ts";
import { createRequestLog, type RequestLogEntry } from "./requestLog.ts";
import { createSkipTokens } from "./skipTokens.ts";
import { createStore } from "./store.ts";
import { createThrottle } from "./throttle.ts";

export type { CollectionName } from "./collections.ts";
export type { EmulatorOptions, ManagedIdentity, ServedRecord, TenantOptions } from "./options.ts";

/** A Microsoft Graph and an Entra that run in this process, and refuse what the real ones refuse. */
export interface Emulator extends Holdings {
  /** Answers a request; the body comes as it is read. Rejects only as a network would, or for a bug. */
  fetch(request: Request): Promise<Response>;
  /** The latest 10,000 requests to Graph and Entra, oldest first. */
  readonly requests: readonly RequestLogEntry[];
  readonly faults: Faults;
  /** What its plugins described, in their order. */
  readonly collections: readonly Collection[];
  /** The tenants that it knows; the first is meant wherever none is named. */
  readonly tenants: readonly TenantOptions[];
}

/** Builds an emulator. Nothing listens yet: call its `fetch`, or `serveEmulator`. */
export function createEmulator(options: EmulatorOptions): Emulator {
  const clock = options.clock ?? systemClock;
  const random = createRandom(options.seed ?? 1);
  const tenants = options.tenants ?? [defaultTenant];
  const collections = createCollections(options.plugins);
  const store = createStore();
  const world: World = {
    clock,
    random: random.fork("wire"),
    tenants,
    options,
    collections,
    store,
    tokens: createTokens(random.fork("tokens")),
    replays: createReplays(),
    arcKeys: new Set(),
    skipTokens: createSkipTokens(random.fork("links"), options.skipTokenRequests ?? 5000),
    throttle: createThrottle(options.quotas),
    jobs: createJobs(random.fork("jobs"), options.jobs),
    served: { number: 0 },
  };
  const faults = createFaults(collections);
  const log = createRequestLog(collections);
  const holdings = createHoldings({ ...world, random: random.fork("records") });
  const steered = { ...holdings, requests: log.entries, faults };
  const app = createApp(world, answerAdmin(steered));
  return {
    ...steered,
    async fetch(request) {
      request.signal.throwIfAborted();
      if (new URL(request.url).pathname.startsWith("/_emulator/")) return app.fetch(request);
      const call = beginCall(request, await bodyOf(request), world, log, faults);
      const answer = await answerFaults(request, call, world) ?? await app.fetch(request, { call });
      if (call.actions.some((action) => action.kind === "reset" && action.afterBytes === undefined)) {
        throw new TypeError("fetch failed", { cause: connectionReset() });
      }
      const response = annotate(answer, call);
      call.entry.status = response.status;
      call.entry.reason = decodeURI(response.headers.get("x-emulator-reason") ?? "") || null;
      if (response.body === null) return response;
      const body = abortable(damageBody(response.body, call.actions, clock), request.signal);
      return new Response(body, { status: response.status, headers: response.headers });
    },
    collections: collections.all,
    tenants,
  };
}

/** What is sent to Graph by POST; Entra's secrets are nobody's but Entra's. */
function bodyOf(request: Request): Promise<string> | string {
  return request.method === "POST" && IS_GRAPH.test(new URL(request.url).pathname)
    ? request.clone().text()
    : "";
}

const IS_GRAPH = /^\/(v1\.0|beta)\//;

function beginCall(
  request: Request,
  body: string,
  world: World,
  log: ReturnType<typeof createRequestLog>,
  faults: FaultRegister,
): Call {
  const entry = log.begin(request, world.clock.now(), body);
  const [, token = ""] = (request.headers.get("authorization") ?? "").split(/\s+/);
  const grant = world.tokens.find(token);
  entry.tokenId = grant?.tokenId ?? null;
  entry.tenantId = grant?.tenant.tenantId ?? null;
  const page = requestedPage(new URL(request.url).searchParams, world);
  const { collection, path, tenantId } = entry;
  const subject = { collection, path, tenantId, page, ageSeconds: askedAge(entry.filter, world) };
  const requestId = world.random.guid();
  return {
    entry,
    actions: faults.take(subject),
    requestId,
    clientRequestId: request.headers.get("client-request-id") ?? requestId,
    body,
  };
}

function requestedPage(params: URLSearchParams, world: World): number {
  const token = params.get("$skiptoken");
  if (token !== null) return world.skipTokens.find(token)?.page ?? 1;
  return Number(params.get("$skip") ?? 0) > 0
    ? Math.ceil(Number(params.get("$skip")) / Number(params.get("$top") ?? 100))
    : 0;
}

/** How far back the upper bound of a filter lies, in seconds; 0 when it has none. */
function askedAge(filter: string | null, { clock }: World): number {
  const [, odata, kql] = /(?: l[et] (\S+))|(?:\.\. datetime\(([^)]+)\))/.exec(filter ?? "") ?? [];
  const bound = parseInstant(odata ?? kql ?? "");
  return bound === null ? 0 : Math.max(0, secondsBetween(bound, fromMillis(clock.now())));
}
