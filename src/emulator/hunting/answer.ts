/** Answers `POST /security/runHuntingQuery`: a query over one table, within what advanced hunting allows. */
import { Buffer } from "node:buffer";
import { addSeconds, compareInstants, fromMillis, type Instant, parseInstant } from "../../instant.ts";
import { pageBlocks } from "../body.ts";
import type { Row } from "../store.ts";
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
  for (const row of world.store.rows(tenant.tenantId, collection)) {
    if (found.length >= most) break;
    const time = timeOf(row, field);
    if (time !== null && compareInstants(time, oldest) < 0) continue;
    if (!isFiltered || matchesQuery(row, query)) found.push(row.bytes);
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

function matchesQuery(row: Row, { ranges, equals }: HuntingQuery): boolean {
  return ranges.every(({ column, from, to }) => {
    const time = timeOf(row, column);
    return time !== null && compareInstants(from, time) <= 0 && compareInstants(time, to) <= 0;
  }) && equals.every(({ column, text }) => columnsOf(row)[column] === text);
}

/** What a query asks by as a rule was read when the row was stored. */
function timeOf(row: Row, column: string): Instant | null {
  const known = row.fields.get(column);
  if (known !== undefined) return known as Instant;
  const value = columnsOf(row)[column];
  return typeof value === "string" ? parseInstant(value) : null;
}

function columnsOf({ bytes }: Pick<Row, "bytes">): Columns {
  return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8"));
}

function schemaOf(bytes: Uint8Array | undefined): readonly { name: string; type: string }[] {
  if (bytes === undefined) return [];
  return Object.entries(columnsOf({ bytes })).map(([name, value]) => ({ name, type: typeName(value) }));
}

function typeName(value: unknown): string {
  if (typeof value === "number") return "Int64";
  if (typeof value === "boolean") return "SByte";
  return typeof value === "string" && parseInstant(value) !== null ? "DateTime" : "String";
}
