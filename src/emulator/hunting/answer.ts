/** Answers `POST /security/runHuntingQuery`: a query over one table, within what advanced hunting allows. */
import { Buffer } from "node:buffer";
import { addSeconds, compareInstants, fromMillis, type Instant, parseInstant } from "../../instant.ts";
import { pageBlocks } from "../body.ts";
import { numberedRecords, served } from "../served.ts";
import { projectRecord } from "../visible.ts";
import { actionOf, type Admitted, type Call, type World } from "../world.ts";
import { type HuntingQuery, readHuntingQuery } from "./query.ts";

/** security-api-overview: 100,000 rows of the past 30 days. */
const MOST_ROWS = 100_000;
const KEPT_DAYS = 30;

type Columns = Readonly<Record<string, unknown>>;

/** @throws QueryError for a query that is malformed or not understood here */
export function answerHunting(
  { request, url, grant: { tenant }, collection }: Admitted,
  call: Call,
  world: World,
): Response {
  const query = readHuntingQuery(call.body);
  const oldest = addSeconds(fromMillis(world.clock.now()), -KEPT_DAYS * 86_400);
  const { field = "Timestamp" } = collection.plugin.cursor;
  const found: Uint8Array[] = [];
  const most = Math.min(query.limit, world.options.huntingRows ?? MOST_ROWS);
  const isFiltered = actionOf(call, "ignoreFilter") === undefined;
  for (const { bytes } of world.store.rows(tenant.tenantId, collection)) {
    if (found.length >= most) break;
    const columns: Columns = JSON.parse(Buffer.from(bytes).toString("utf8"));
    const time = timeOf(columns, field);
    if (time !== null && compareInstants(time, oldest) < 0) continue;
    if (!isFiltered || matchesQuery(columns, query)) found.push(bytes);
  }
  const rows = query.columns === null ? found : found.map((bytes) => projectRecord(bytes, query.columns!));
  call.entry.page = 0;
  call.entry.records = rows.length;
  const numbered = numberedRecords(rows, tenant.tenantId, collection.name, world);
  const page = { rows: [], nextLink: null, count: null, index: 0, firstUrl: url.href };
  const version = collection.path.split("/")[1];
  const blocks = pageBlocks(page, numbered, {
    context: `${url.origin}/${version}/$metadata#microsoft.graph.security.huntingQueryResults`,
    random: world.random,
    broken: actionOf(call, "invalidJson") !== undefined,
    array: "results",
    before: `"schema":${JSON.stringify(schemaOf(rows[0]))}`,
  });
  return served(blocks, request, call, world);
}

function matchesQuery(columns: Columns, { ranges, equals }: HuntingQuery): boolean {
  return ranges.every(({ column, from, to }) => {
    const time = timeOf(columns, column);
    return time !== null && compareInstants(from, time) <= 0 && compareInstants(time, to) <= 0;
  }) && equals.every(({ column, text }) => columns[column] === text);
}

function timeOf(columns: Columns, column: string): Instant | null {
  const value = columns[column];
  return typeof value === "string" ? parseInstant(value) : null;
}

function schemaOf(row: Uint8Array | undefined): readonly { name: string; type: string }[] {
  if (row === undefined) return [];
  const columns: Columns = JSON.parse(Buffer.from(row).toString("utf8"));
  return Object.entries(columns).map(([name, value]) => ({ name, type: typeName(value) }));
}

function typeName(value: unknown): string {
  if (typeof value === "number") return "Int64";
  if (typeof value === "boolean") return "SByte";
  return typeof value === "string" && parseInstant(value) !== null ? "DateTime" : "String";
}
