import { Buffer } from "node:buffer";
import { Hono } from "hono";
import * as z from "zod";
import { asGraphtapError, GraphtapError } from "../errors.ts";
import { type Instant, parseInstant } from "../instant.ts";
import type { Faults } from "./faults.ts";
import type { Holdings } from "./records/holdings.ts";
import type { RequestLogEntry } from "./requestLog.ts";

const collection = z.string();
const tenantId = z.string().optional();
const instant = z.string().transform((text, context): Instant => {
  const value = parseInstant(text);
  if (value === null) context.addIssue("expected a time such as 2026-01-31T12:00:00Z");
  return value ?? { seconds: 0, nanos: 0 };
});

const produceSchema = z.strictObject({
  collection,
  count: z.coerce.number().int().min(0).max(1_000_000),
  from: instant.optional(),
  to: instant.optional(),
  tenantId,
});
const updateSchema = z.strictObject({ collection, id: z.string(), when: instant.optional(), tenantId });
const whichSchema = z.object({ collection, tenantId });

/** What the routes steer: the part of an emulator that needs no request. */
export interface Steered extends Holdings {
  readonly requests: readonly RequestLogEntry[];
  readonly faults: Faults;
}

/**
 * Routes with which a test in another process steers the emulator:
 *
 * - `GET`, `POST`, `DELETE /_emulator/faults`
 * - `POST /_emulator/produce` `{collection, count, from?, to?, tenantId?}` → the records made, one a line
 * - `POST /_emulator/update` `{collection, id, when?, tenantId?}` → the record as it is now
 * - `POST /_emulator/put?collection=…` with a record as body
 * - `GET /_emulator/records?collection=…` → the exact bytes of every record, one a line
 * - `GET /_emulator/requests`
 */
export function answerAdmin(emulator: Steered): Hono {
  const admin = new Hono();

  admin.get("/faults", (c) => c.json(emulator.faults.active));
  admin.post("/faults", async (c) => c.json({ added: emulator.faults.load(await json(c.req.raw)).length }));
  admin.delete("/faults", (c) => {
    emulator.faults.clear();
    return c.json({ active: 0 });
  });
  admin.post("/produce", async (c) => {
    const { collection, count, ...when } = read(produceSchema, await json(c.req.raw));
    return lines(emulator.produce(collection, count, when));
  });
  admin.post("/update", async (c) => {
    const { collection, id, when, tenantId } = read(updateSchema, await json(c.req.raw));
    return lines([emulator.update(collection, id, when, { tenantId })]);
  });
  admin.post("/put", async (c) => {
    const { collection, tenantId } = read(whichSchema, c.req.query());
    emulator.put(collection, new Uint8Array(await c.req.arrayBuffer()), { tenantId });
    return c.json({ put: 1 });
  });
  admin.get("/records", (c) => {
    const { collection, tenantId } = read(whichSchema, c.req.query());
    return lines(emulator.records(collection, tenantId));
  });
  admin.get("/requests", (c) => c.json(emulator.requests));
  admin.onError((error, c) => {
    const { code, message } = asGraphtapError(error);
    return c.json({ error: message }, code === "usage" ? 400 : 500);
  });
  return admin;
}

async function json(request: Request): Promise<unknown> {
  try {
    return await request.json();
  } catch (cause) {
    throw new GraphtapError("usage", "Cannot read the request: its body is not JSON", { cause });
  }
}

function read<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) =>
    `${issue.path.join(".") || "request"}: ${issue.message}`
  );
  throw new GraphtapError("usage", `Cannot read the request: ${problems.join("; ")}`, {
    cause: result.error,
  });
}

function lines(records: readonly Uint8Array[]): Response {
  const newline = Buffer.from("\n");
  const body = Buffer.concat(records.flatMap((record) => [record, newline]));
  return new Response(body, { headers: { "content-type": "application/x-ndjson" } });
}
