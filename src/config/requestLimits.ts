/** `requests_limits` and `requests_per_second`: budgets of the file's own, beside Microsoft's. */
import * as z from "zod";
import type { RequestLimit } from "./config.ts";
import { key } from "./field.ts";

const SECONDS: Readonly<Record<string, number>> = {
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
  M: 2_592_000,
  y: 31_536_000,
};
const PERIOD = 'a time such as "10s": a number above 0, then s, m, h or d';
const NUMBER = "a whole number of requests; 0 or less for no limit";

const number = z.int({ error: NUMBER });

/** One budget, as the old collector's framework writes it. */
const limitSchema = z.strictObject({
  period: key(
    z.string({ error: PERIOD }).trim().regex(/^[1-9]\d{0,8}[smhdwMy]$/, { error: PERIOD }),
    "The time that is counted.",
    { examples: ["10s", "1m"] },
  ),
  number_of_requests: key(
    z.union([number, z.string().regex(/^\s*-?\d+\s*$/).transform(Number).pipe(number)], { error: NUMBER }),
    "Requests allowed in any such time; 0 or less for no limit.",
  ),
}, { error: "a block with period and number_of_requests" });

/** A list of budgets; each holds beside the others. */
export const requestLimitsSchema = z.array(limitSchema, { error: "a list of {period, number_of_requests}" });

/** The budgets that a block sets for itself. */
export function requestLimitsOf(
  limits: z.output<typeof requestLimitsSchema> | undefined,
  perSecond?: number,
): readonly RequestLimit[] {
  const listed = (limits ?? []).filter((limit) => limit.number_of_requests > 0).map((limit) => ({
    requests: limit.number_of_requests,
    seconds: Number.parseInt(limit.period, 10) * SECONDS[limit.period.slice(-1)]!,
  }));
  return perSecond === undefined ? listed : [...listed, { requests: 1, seconds: 1 / perSecond }];
}
