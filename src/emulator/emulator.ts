import { systemClock } from "../clock.ts";
import { GraphtapError } from "../errors.ts";
import { fromMillis, type Instant, parseInstant, secondsBetween } from "../instant.ts";
import { annotate, answerFaults } from "./answerFaults.ts";
import { createApp } from "./app.ts";
import { connectionReset, damageBody } from "./bodyFaults.ts";
import { abortable } from "./bodyStream.ts";
import type { CollectionName } from "./collections.ts";
import type { Exchange, World } from "./exchange.ts";
import { createFaults, type FaultRegister, type Faults } from "./faults.ts";
import { defaultTenant, type EmulatorOptions, type TenantOptions } from "./options.ts";
import { createProducer, type ProduceOptions } from "./produce.ts";
import { createQuotas } from "./quota.ts";
import { createRandom } from "./random.ts";
import { changeRecord } from "./records/change.ts";
import { createRequestLog, type RequestLogEntry } from "./requestLog.ts";
import { createSkipTokens } from "./skipTokens.ts";
import { createStore } from "./store.ts";
import { createTokens } from "./tokens.ts";

export type { CollectionName } from "./collections.ts";
export type { EmulatorOptions, ServedRecord, TenantOptions } from "./options.ts";

/** A Microsoft Graph and an Entra that run in this process, and refuse what the real ones refuse. */
export interface Emulator {
  /** Answers a request; the body comes as it is read. Rejects only as a network would, or for a bug. */
  fetch(request: Request): Promise<Response>;
  /**
   * Puts records of the emulator's own making into a collection. An interactive sign-in is one row of one table:
   * made for `signIns` it is in `signIns_beta` too, with more members, and the other way round.
   *
   * @returns their exact bytes, in the order made
   */
  produce(collection: CollectionName, count: number, options?: ProduceOptions): Uint8Array[];
  /**
   * Puts one record with exactly these bytes, into this collection only. One with the id of a stored record takes
   * its place.
   *
   * @throws GraphtapError `usage` when it is not a JSON object
   */
  put(collection: CollectionName, json: string | Uint8Array, options?: { tenantId?: string }): void;
  /**
   * Changes a record in place: an alert gets another status and update time, a score or profile another value.
   *
   * @param when the update time @default now
   * @returns its new bytes
   * @throws GraphtapError `usage` when there is no such record, or its collection only grows
   */
  update(collection: CollectionName, id: string, when?: Instant, options?: { tenantId?: string }): Uint8Array;
  /** Every record that a collection holds, exact bytes, in the order of arrival. */
  records(collection: CollectionName, tenantId?: string): Uint8Array[];
  /** The latest 10,000 requests to Graph and Entra, oldest first. */
  readonly requests: readonly RequestLogEntry[];
  readonly faults: Faults;
  /** The tenants that it knows; the first is meant wherever none is named. */
  readonly tenants: readonly TenantOptions[];
}

/** Builds an emulator. Nothing listens yet: call its `fetch`, or `serveEmulator`. */
export function createEmulator(options: EmulatorOptions = {}): Emulator {
  const clock = options.clock ?? systemClock;
  const random = createRandom(options.seed ?? 1);
  const tenants = options.tenants ?? [defaultTenant];
  const store = createStore();
  const world: World = {
    clock,
    random: random.fork("wire"),
    tenants,
    options,
    store,
    tokens: createTokens(random.fork("tokens"), options.tokenSeconds ?? 3599),
    skipTokens: createSkipTokens(random.fork("links"), options.skipTokenRequests ?? 5000),
    quotas: createQuotas(options.quotas),
    served: { number: 0 },
  };
  const faults = createFaults();
  const log = createRequestLog();
  const producer = createProducer({ random: random.fork("records"), clock, store });
  const app = createApp(world, () => emulator);

  const emulator: Emulator = {
    async fetch(request) {
      request.signal.throwIfAborted();
      if (new URL(request.url).pathname.startsWith("/_emulator/")) return app.fetch(request);
      const exchange = beginExchange(request, world, log, faults);
      const answer = await answerFaults(request, exchange, world) ?? await app.fetch(request, { exchange });
      if (exchange.actions.some((action) => action.kind === "reset" && action.afterBytes === undefined)) {
        throw new TypeError("fetch failed", { cause: connectionReset() });
      }
      const response = annotate(answer, exchange);
      exchange.entry.status = response.status;
      if (response.body === null) return response;
      const body = abortable(damageBody(response.body, exchange.actions, clock), request.signal);
      return new Response(body, { status: response.status, headers: response.headers });
    },
    produce: (collection, count, when = {}) => producer(tenantId(when.tenantId), collection, count, when),
    put: (collection, json, where) => void store.put(tenantId(where?.tenantId), collection, json),
    update(collection, id, when, where) {
      const tenant = tenantId(where?.tenantId);
      const row = store.find(tenant, collection, id);
      if (row === undefined) {
        throw new GraphtapError(
          "usage",
          `Cannot update "${id}": "${collection}" holds no record with this id`,
        );
      }
      return store.put(
        tenant,
        collection,
        changeRecord(collection, row.bytes, when ?? fromMillis(clock.now())),
      );
    },
    records: (collection, tenant) => store.rows(tenantId(tenant), collection).map((row) => row.bytes),
    requests: log.entries,
    faults,
    tenants,
  };
  return emulator;

  function tenantId(wanted: string | undefined): string {
    const tenant = wanted === undefined ? tenants[0] : tenants.find((one) => one.tenantId === wanted);
    if (tenant !== undefined) return tenant.tenantId;
    throw new GraphtapError(
      "usage",
      `The emulator has no tenant "${wanted}"; it has ${
        tenants.map((one) => `"${one.tenantId}"`).join(", ")
      }`,
    );
  }
}

function beginExchange(
  request: Request,
  world: World,
  log: ReturnType<typeof createRequestLog>,
  faults: FaultRegister,
): Exchange {
  const entry = log.begin(request, world.clock.now());
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
  const bound = parseInstant(/ l[et] (\S+)/.exec(filter ?? "")?.[1] ?? "");
  return bound === null ? 0 : Math.max(0, secondsBetween(bound, fromMillis(clock.now())));
}
