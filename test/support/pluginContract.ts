import { afterEach, describe, expect, it } from "vitest";
import type { HttpRequest, HttpResponse, Transport } from "../../src/graph/transport.ts";
import { BUDGETS } from "../../src/graph/budgets.ts";
import { createCollections } from "../../src/emulator/collections.ts";
import { matches } from "../../src/emulator/odata/evaluate.ts";
import { extractFields } from "../../src/emulator/odata/fields.ts";
import { parseFilter } from "../../src/emulator/odata/parse.ts";
import { addSeconds, fromMillis, parseInstant } from "../../src/instant.ts";
import type { Plugin } from "../../src/plugin/plugin.ts";
import { createRegistry } from "../../src/plugin/registry.ts";
import { checkPlugin } from "../../src/plugin/schema.ts";
import { poll } from "../../src/tap/poll.ts";
import { eventLine, EXACT, tally } from "./eventLines.ts";
import { tagOf } from "./expectedTag.ts";
import { openRig, type Rig, type RigOptions, TENANT } from "./rig.ts";

const signal = new AbortController().signal;
const HOUR = 3600;
const DAY = 24 * HOUR;
let rig: Rig;

/**
 * What every service must meet, whatever its plugin says, against an emulator that learned it from the same plugin.
 *
 * @param plugins the services that there are in one program; their variants are tried as well
 */
export function describeContract(plugins: readonly Plugin[]): void {
  const registry = createRegistry(plugins);
  const services = [...new Set(registry.names().map((name) => registry.resolve(name)!.service))];
  describe.each(services)("%s", (service) => {
    afterEach(() => rig?.close());
    const one = { plugins, plugin: registry.resolve(service)! };
    describeData(one);
    describeReading(one);
    describeRefusals(one);
    describeOddities(one);
    if (one.plugin.cursor.kind !== "snapshot") describeTime(one);
    if ("from" in one.plugin.cursor || one.plugin.cursor.kind === "query") describeGaps(one);
  });
}

/** A service among those of its program. */
interface One {
  readonly plugins: readonly Plugin[];
  readonly plugin: Plugin;
}

function describeData({ plugins, plugin }: One): void {
  it("is a plugin by the schema", () => expect(checkPlugin(plugin, plugin.service)).toEqual(plugin));

  it("names properties that its records have", () => {
    rig = openRig({ plugins });
    const records = made(plugin, 40).map((bytes) => JSON.parse(text(bytes)));
    const tagField = typeof plugin.tag === "string" ? undefined : plugin.tag.field.split("/")[0];
    for (const field of [plugin.cursor.field, tagField].filter((name) => name !== undefined)) {
      expect(records.some((record) => record[field] !== undefined && record[field] !== null)).toBe(true);
    }
  });
}

function describeReading(one: One): void {
  const { plugins, plugin } = one;
  const { cursor } = plugin;

  it("is delivered page after page, each record once, with its tag and the added fields", async () => {
    rig = openRig({ plugins, ...smallPages(one) });
    made(plugin, 48);
    await polled(one, { size: SMALL });
    const got = rig.lines.map((line) => eventLine(line));
    expect(tally(wanted(one), got.map(({ record }) => record))).toEqual(EXACT);
    expect(got.length, "records that the plugin's filter keeps").toBeGreaterThan(5);
    expect(rig.sent.length).toBeGreaterThan(got.length / SMALL);
    for (const { tag, record, environment, pullingId } of got) {
      expect(tag).toBe(tagOf(plugin, JSON.parse(record)));
      expect(environment).toBe("prod");
      expect(pullingId).toMatch(/^\d+$/);
    }
    const times = new Set(rig.lines.map((line) => JSON.parse(line).time === null));
    expect(times, "the time of its records").toEqual(new Set([cursor.field === undefined]));
  });

  it("asks for the page size that it names, which Graph serves, and stays within its budget", async () => {
    rig = openRig({ plugins, quotas: {}, budgets: BUDGETS });
    made(plugin, 12);
    const stream = await polled(one, { size: 1 });
    // A job waits for an hour of new time.
    for (let polls = 0; polls < (cursor.kind === "job" ? 13 : 1); polls++) await next({ ...stream, plugin });
    const { url, headers, body } = rig.sent.findLast(({ url, body }) =>
      cursor.kind === "job" ? url.includes("/records") : cursor.kind !== "query" || body !== undefined
    )!;
    const { size, by = "top" } = plugin.page;
    const asked = [
      new URL(url).searchParams.get("$top") ?? /limit (\d+)/.exec(body ?? "")?.[1] ?? null,
      /maxpagesize=(\d+)/.exec(headers.prefer!)?.[1] ?? null,
    ];
    expect(asked).toEqual([by === "top" ? String(size) : null, by === "prefer" ? String(size) : null]);
    expect(rig.emulator.requests.filter(({ status }) => status >= 300)).toEqual([]);
  });

  it("is not delivered again while nothing changes", async () => {
    rig = openRig({ plugins });
    made(plugin, 12);
    const stream = await polled(one);
    const { length } = rig.lines;
    for (let polls = 0; polls < 4; polls++) await next(stream);
    expect(rig.lines.length).toBe(length);
  });

  // A poll over jobs makes few requests, and leaves its records to another: test/fault/jobs.test.ts kills it.
  it.skipIf(cursor.kind === "job")(
    "goes on after a kill: nothing is missing, and no more than a page comes again",
    async () => {
      let left = Infinity;
      let hung = () => {};
      const stuck = new Promise<void>((resolve) => hung = resolve);
      const between = (request: HttpRequest, pass: Transport): Promise<HttpResponse> => {
        if (request.url.endsWith("/token") || left-- > 0) return pass(request);
        hung();
        return new Promise(() => {});
      };
      rig = openRig({ plugins, between, ...smallPages(one) });
      made(plugin, 48);
      const stream = streamOf(one, { size: SMALL });
      left = 4;
      void poll(stream, rig.engine, signal);
      await stuck;
      left = Infinity;
      await polled(one, { size: SMALL });
      const { missing, foreign } = tally(wanted(one), records());
      expect({ missing, foreign }).toEqual({ missing: [], foreign: [] });
      expect(records().length - wanted(one).length).toBeLessThanOrEqual(SMALL);
    },
  );

  const changesLeave = cursor.kind !== "event-time" && cursor.kind !== "job";
  it(`a record that changes ${changesLeave ? "leaves" : "does not leave"} again`, async () => {
    rig = openRig({ plugins });
    made(plugin, 24);
    made(plugin, 1, { hours: 0.01 });
    const stream = await polled(one);
    const { length } = rig.lines;
    const { id } = JSON.parse(rig.lines[0]!) as { id: string | null };
    rig.clock.advance(60_000);
    if (id !== null && changesLeave) rig.emulator.update(plugin.service, id);
    else {
      // A row of a query has no id: with other content it is another row.
      const record = wanted(one).findLast((record) => (JSON.parse(record).id ?? null) === id)!;
      rig.emulator.put(plugin.service, record.replace("{", '{"more":1,'));
    }
    for (let polls = 0; polls < 3; polls++) await next(stream);
    const again = rig.lines.slice(length).map((line) => JSON.parse(line).id);
    expect(again).toEqual(changesLeave ? [id] : []);
  });
}

function describeOddities({ plugins, plugin }: One): void {
  const one = { plugins, plugin };
  const { cursor, page } = plugin;
  const ignored = cursor.kind === "snapshot" ? cursor.ignore ?? [] : [];

  if (ignored.length > 0) {
    it("a change of what it ignores is none", async () => {
      rig = openRig({ plugins });
      made(plugin, 12);
      const stream = await polled(one);
      const { length } = rig.lines;
      const record = JSON.parse(wanted(one)[0]!) as Record<string, unknown>;
      const change = (members: object) =>
        rig.emulator.put(plugin.path, JSON.stringify({ ...record, ...members }));
      for (const name of ignored) {
        change({ [name]: typeof record[name] === "boolean" ? !record[name] : "another" });
      }
      await next(stream);
      expect(rig.lines.slice(length)).toEqual([]);
      change({ more: 1 });
      await next(stream);
      expect(rig.lines.slice(length).map((line) => JSON.parse(line).id)).toEqual([record["id"]]);
    });
  }

  if (page.deadLinks === true) {
    it("a link behind its last records that is never served is no gap", async () => {
      rig = openRig({ plugins });
      made(plugin, 12);
      const stream = await polled(one);
      expect(rig.emulator.requests.map(({ status }) => status)).toContain(504);
      expect(stream.state.gaps().list()).toEqual([]);
      expect(tally(wanted(one), records())).toEqual(EXACT);
    });
  }
}

function describeRefusals(one: One): void {
  const { plugins, plugin } = one;
  const withTenant = (
    tenant: RigOptions["tenants"] extends readonly (infer T)[] | undefined ? Partial<T> : never,
  ) => openRig({ plugins, tenants: [{ ...TENANT, ...tenant }] });

  it("needs its first permission and no other", async () => {
    rig = withTenant({ permissions: plugin.permissions.slice(0, 1) });
    expect((await reportOf(one)).error).toBeNull();
    rig.close();
    rig = withTenant({ permissions: ["User.Read.All"] });
    expect((await reportOf(one)).error).toMatchObject({
      code: "graph-forbidden",
      message: expect.stringContaining(`grant the application permission ${plugin.permissions[0]}`),
    });
  });

  it(plugin.licence === undefined ? "needs no licence" : "says which licence a tenant lacks", async () => {
    rig = withTenant({ premium: false });
    const { error } = await reportOf(one);
    if (plugin.licence === undefined) expect(error).toBeNull();
    else {
      expect(error).toMatchObject({
        code: "graph-unlicensed",
        message: expect.stringContaining(plugin.licence),
      });
    }
  });

  it("waits where Graph throttles it, and loses nothing", async () => {
    rig = openRig({ plugins });
    made(plugin, 12);
    rig.emulator.faults.add({
      match: { collection: plugin.service },
      do: { kind: "status", status: 429, retryAfter: 7 },
    });
    const before = rig.clock.now();
    await polled(one);
    expect(rig.clock.now() - before).toBeGreaterThanOrEqual(7000);
    expect(tally(wanted(one), records())).toEqual(EXACT);
  });
}

function describeTime(one: One): void {
  const { plugins, plugin } = one;
  const { cursor } = plugin;
  if (cursor.kind === "snapshot") return;
  it("records that come late are found, each once", async () => {
    rig = openRig({ plugins, inMemory: true });
    made(plugin, 12);
    const stream = await polled(one);
    for (let polls = 0; polls < 12; polls++) await next(stream);
    made(plugin, 12, { hours: 0.75, until: -600 });
    for (let polls = 0; polls < 30; polls++) await next(stream);
    expect(tally(wanted(one), records())).toEqual(EXACT);
  });

  it("is asked for nothing that Graph keeps no longer", async () => {
    rig = openRig({ plugins, inMemory: true });
    const now = rig.clock.now() / 1000;
    await polled(one, { startDaysAgo: cursor.retentionDays + 20 });
    const asked = rig.sent.flatMap((request) => rangeOf(request)?.from ?? []);
    expect(Math.min(...asked)).toBeGreaterThanOrEqual(now - cursor.retentionDays * DAY);
    expect(Math.min(...asked)).toBeLessThan(now - (cursor.retentionDays - 1) * DAY);
    expect(rig.emulator.requests.filter(({ status }) => status >= 300)).toEqual([]);
  });
}

const ASKS =
  /(?:^| )(?:ge|gt) (\S+).* (?:le|lt) (\S+)|\(datetime\(([^)]+)\) \.\. datetime\(([^)]+)\)|StartDateTime":"([^"]+)","filterEndDateTime":"([^"]+)/;

/** The range of seconds that a request asks for; `null` for one that asks for none itself. */
function rangeOf({ url, body }: HttpRequest): { from: number; to: number } | null {
  const { searchParams } = new URL(url);
  if ([...searchParams.keys()].some((name) => name.startsWith("$skip"))) return null;
  const [, ...bounds] = ASKS.exec(body ?? searchParams.get("$filter") ?? "") ?? [];
  const [from, to] = bounds.filter((bound) => bound !== undefined);
  return from === undefined || to === undefined
    ? null
    : { from: parseInstant(from)!.seconds, to: parseInstant(to)!.seconds };
}

/** Windows that Graph answers at once; those of jobs fail in their own way. */
function describeGaps(one: One): void {
  const { plugins, plugin } = one;
  const { cursor } = plugin;
  if (cursor.kind === "snapshot") return;
  it("a minute that Graph cannot serve is one gap, which closes when it can", async () => {
    let isBroken = true;
    const poison = { from: 0, to: 0 };
    const between = (request: HttpRequest, pass: Transport) => {
      const range = rangeOf(request);
      const touches = range !== null && range.from < poison.to && range.to >= poison.from;
      return touches && isBroken ? Promise.resolve(timedOut()) : pass(request);
    };
    rig = openRig({ plugins, between, inMemory: true });
    poison.from = Math.floor(rig.clock.now() / 1000) - 3 * HOUR;
    poison.to = poison.from + 60;
    made(plugin, 72);
    const stream = await polled(one);
    const gaps = stream.state.gaps().list();
    expect(gaps).toHaveLength(1);
    const missing = wanted(one).filter((record) => !records().includes(record));
    for (const record of missing) {
      const { seconds } = parseInstant(JSON.parse(record)[cursor.field] as string)!;
      expect([gaps[0]!.from.seconds <= seconds, seconds <= gaps[0]!.to.seconds]).toEqual([true, true]);
    }
    isBroken = false;
    rig.clock.advance(2 * HOUR * 1000);
    await next(stream);
    expect(stream.state.gaps().list()).toEqual([]);
    expect(tally(wanted(one), records())).toEqual(EXACT);
  });
}

/** Puts records into the service's collection, spread over some hours. */
function made(plugin: Plugin, count: number, { hours = 6, until = 0 } = {}): Uint8Array[] {
  const to = addSeconds(fromMillis(rig.clock.now()), until);
  return rig.emulator.produce(plugin.service, count, { from: addSeconds(to, -hours * HOUR), to });
}

/** Records on a page where many pages are wanted. */
const SMALL = 5;

/** Graph's own size of page, for services that cannot ask for one. */
function smallPages({ plugins, plugin }: One): Pick<RigOptions, "defaultPageSizes"> {
  const { name } = createCollections(plugins).named(plugin.service);
  return plugin.page.by === "none" ? { defaultPageSizes: { [name]: SMALL } } : {};
}

interface PollOptions {
  /** Records on a page. @default what the plugin says */
  readonly size?: number;
  readonly startDaysAgo?: number;
}

function streamOf({ plugin }: One, { size, startDaysAgo = 1 }: PollOptions = {}) {
  const instant = addSeconds(fromMillis(rig.clock.now()), -startDaysAgo * DAY);
  // A snapshot has no place where it begins: what it holds may be older than any start.
  const start = plugin.cursor.kind === "snapshot" ? {} : { startTime: { text: "start", instant } };
  const stream = rig.stream(plugin.service, start);
  const page = { ...plugin.page, ...(size === undefined ? {} : { size }) };
  return {
    ...stream,
    input: { ...stream.input, environment: "prod" },
    plugin: { ...stream.plugin, page },
  };
}

function reportOf(one: One, options?: PollOptions) {
  return poll(streamOf(one, options), rig.engine, signal);
}

/** Polls once, which must go well. @returns the stream, to be polled again */
async function polled(one: One, options?: PollOptions) {
  const stream = streamOf(one, options);
  await goesWell(stream);
  return stream;
}

async function next(stream: ReturnType<typeof streamOf>): Promise<void> {
  rig.clock.advance(300_000);
  await goesWell(stream);
}

/** A poll, and where it left jobs to Graph those that follow until they are read. */
async function goesWell(stream: ReturnType<typeof streamOf>): Promise<void> {
  for (;;) {
    const { error } = await poll(stream, rig.engine, signal);
    expect(error, rig.emulator.requests.at(-1)?.reason ?? undefined).toBeNull();
    const { jobs, backfill, watermark } = stream.state.loadPosition()!;
    const isRead = jobs.length + backfill.length === 0 && watermark !== null;
    if (stream.plugin.cursor.kind !== "job" || isRead) return;
    rig.clock.advance(120_000);
  }
}

/** What came out, as Graph's own bytes. */
function records(): string[] {
  return rig.lines.map((line) => eventLine(line).record);
}

/** What Graph holds and the plugin's own filter keeps. */
function wanted({ plugins, plugin }: One): string[] {
  const collection = createCollections(plugins).named(plugin.service);
  const filter = plugin.filter === undefined ? null : parseFilter(plugin.filter);
  const types = plugin.cursor.kind === "job" ? plugin.cursor.filters?.recordTypeFilters : undefined;
  return rig.emulator.records(plugin.service).map(text).filter((record) =>
    types === undefined || [types].flat().includes(JSON.parse(record).auditLogRecordType)
  ).filter((record) =>
    filter === null || matches(filter, extractFields(JSON.parse(record), collection.properties))
  );
}

function timedOut(): HttpResponse {
  const body = new TextEncoder().encode('{"error":{"code":"UnknownError","message":""}}');
  return {
    status: 504,
    header: () => null,
    body: (async function* () {
      yield await Promise.resolve(body);
    })(),
  };
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
