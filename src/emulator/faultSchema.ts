/** The schema of a fault; it agrees with the types in `fault.ts`. */
import * as z from "zod";
import type { CheckedFault, Fault, FaultAction } from "./fault.ts";

const count = z.int().min(0);
const headers = z.record(z.string(), z.string());
const afterBytes = count.optional().describe("bytes of the body that still arrive; default 0");

/** What a fault does to a request it matches. */
const action: z.ZodType<FaultAction, FaultAction> = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("status"),
    status: z.int().min(200).max(599),
    code: z.string().optional().describe("error.code of a Graph error body"),
    message: z.string().optional(),
    body: z.unknown().optional().describe("instead of a Graph error: a text as it is, anything else as JSON"),
    headers: headers.optional(),
    retryAfter: count.optional().describe("Retry-After as seconds"),
    retryAfterDate: z.int().optional().describe("Retry-After as an HTTP date, so many seconds from now"),
  }),
  z.strictObject({
    kind: z.literal("html"),
    status: z.int().min(200).max(599).optional().describe("default 502"),
  }),
  z.strictObject({
    kind: z.literal("errorBody200"),
    code: z.string().optional(),
    message: z.string().optional(),
  }),
  z.strictObject({
    kind: z.literal("redirect"),
    location: z.string(),
    status: z.int().min(301).max(308).optional(),
  }),
  z.strictObject({ kind: z.literal("delay"), ms: count }),
  z.strictObject({
    kind: z.literal("reset"),
    afterBytes: count.optional().describe(
      "bytes of the body that still arrive; without it, no answer at all",
    ),
  }),
  z.strictObject({ kind: z.literal("truncate"), afterBytes }),
  z.strictObject({ kind: z.literal("truncateGzip"), afterBytes }),
  z.strictObject({ kind: z.literal("stall"), afterBytes }),
  z.strictObject({ kind: z.literal("dribble"), bytes: z.int().min(1), ms: count }),
  z.strictObject({
    kind: z.literal("annotate"),
    status: z.int().min(200).max(599).optional(),
    headers: headers.optional(),
  }),
  z.strictObject({ kind: z.literal("invalidJson") }),
  z.strictObject({ kind: z.literal("emptyPage") }),
  z.strictObject({ kind: z.literal("shortPage"), records: z.int().min(1) }),
  z.strictObject({
    kind: z.literal("loopLink"),
    to: z.enum(["self", "first"]).optional().describe("default self"),
  }),
  z.strictObject({ kind: z.literal("foreignLink"), origin: z.url().optional() }),
  z.strictObject({ kind: z.literal("ignoreFilter") }),
  z.strictObject({ kind: z.literal("skipTokenExpire") }),
  z.strictObject({ kind: z.literal("tokenExpire") }),
  z.strictObject({ kind: z.literal("tokenError"), aadsts: z.int().min(1) }),
]);

/** One scripted fault. */
export const faultSchema: z.ZodType<CheckedFault, Fault> = z.strictObject({
  match: z.strictObject({
    collection: z.string().optional().describe(
      "its path, the last part of it, or a service that reads it; `token` for Entra and the host's identity",
    ),
    path: z.string().optional().describe("a part of the path"),
    page: count.optional().describe("0 is the first page of a paging"),
    tenantId: z.string().optional(),
    olderThanSeconds: count.optional().describe(
      "only where $filter asks for nothing newer than this: re-reads and backfills",
    ),
    nth: z.int().min(1).optional().describe("the first matching request that is hit, from now; default 1"),
    times: z.union([z.int().min(1), z.literal("always")]).optional().describe(
      "how many from there on; default 1",
    ),
  }).default({}),
  do: action,
});

/** A file of faults: a list, or one alone. */
export const faultFileSchema: z.ZodType<CheckedFault[], unknown> = z.union([
  z.array(faultSchema),
  faultSchema.transform((fault) => [fault]),
]);
