import { type Instant, parseInstant } from "../../instant.ts";
import type { GraphRefusal } from "../graphErrors.ts";
import { QueryError } from "../odata/expression.ts";
import type { Call, World } from "../world.ts";

/** As much of a query in KQL as the emulator understands; it refuses all else. */
export interface HuntingQuery {
  readonly table: string;
  /** Every bound of `where COLUMN between (datetime(…) .. datetime(…))`; both ends belong to it. */
  readonly ranges: readonly { readonly column: string; readonly from: Instant; readonly to: Instant }[];
  /** `where COLUMN == 'text'`. */
  readonly equals: readonly { readonly column: string; readonly text: string }[];
  /** The columns of `project`, in its order; `null` for all. */
  readonly columns: readonly string[] | null;
  /** The least of `limit` and `take`. */
  readonly limit: number;
}

const BETWEEN = /^where (\w+) between \(datetime\(([^)]+)\) \.\. datetime\(([^)]+)\)\)$/;
const EQUALS = /^where (\w+) == (?:'([^']*)'|"([^"]*)")$/;
const PROJECT = /^project (\w+(?:, ?\w+)*)$/;
const LIMIT = /^(?:limit|take) (\d+)$/;

/** @throws QueryError for a body that is none, and for KQL that is malformed or not understood here */
export function readHuntingQuery(body: string): HuntingQuery {
  const [table = "", ...operators] = queryIn(body).split("|").map((part) => part.trim());
  if (!/^[A-Za-z_]\w*$/.test(table)) throw malformed(table);
  let query: HuntingQuery = { table, ranges: [], equals: [], columns: null, limit: Infinity };
  for (const operator of operators) query = withOperator(query, operator);
  return query;
}

function withOperator(query: HuntingQuery, operator: string): HuntingQuery {
  const between = BETWEEN.exec(operator);
  if (between !== null) {
    const [, column = "", lower = "", upper = ""] = between;
    const [from, to] = [parseInstant(lower), parseInstant(upper)];
    if (from === null || to === null) throw malformed(operator);
    return { ...query, ranges: [...query.ranges, { column, from, to }] };
  }
  const equals = EQUALS.exec(operator);
  if (equals !== null) {
    const one = { column: equals[1]!, text: equals[2] ?? equals[3]! };
    return { ...query, equals: [...query.equals, one] };
  }
  const project = PROJECT.exec(operator);
  if (project !== null) return { ...query, columns: project[1]!.split(/, ?/) };
  const limit = LIMIT.exec(operator);
  if (limit === null) throw malformed(operator);
  return { ...query, limit: Math.min(query.limit, Number(limit[1])) };
}

/** The refusal of a query for a table that is not there; `null` where the body is no query. */
export function unknownTable({ body }: Call, { collections }: World): GraphRefusal | null {
  if (!collections.all.some(({ plugin }) => plugin.cursor.kind === "query")) return null;
  const table = /"Query"\s*:\s*"\s*(\w+)/i.exec(body)?.[1] ?? null;
  if (table === null) return null;
  const message = `'where' operator: Failed to resolve table or column expression named '${table}'`;
  return { status: 400, code: "BadRequest", message, reason: `there is no table "${table}"` };
}

function queryIn(body: string): string {
  let parameters: unknown;
  try {
    parameters = JSON.parse(body);
  } catch {
    throw new QueryError("Unable to read JSON request payload.", "the body is not JSON");
  }
  const entries = Object.entries(parameters ?? {});
  const query: unknown = entries.find(([name]) => name.toLowerCase() === "query")?.[1];
  if (typeof query === "string") return query;
  throw new QueryError("Value cannot be null. (Parameter 'Query')", "the body has no query");
}

function malformed(part: string): QueryError {
  return new QueryError(
    "A recognition error occurred. Fix syntax errors in your query.",
    `the emulator does not understand "${part}"`,
  );
}
