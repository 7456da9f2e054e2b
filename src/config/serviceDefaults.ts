/** `globals.service_defaults`: settings of every service that does not say otherwise. */
import * as z from "zod";
import type { ServiceDefaults } from "./config.ts";
import { flag, integer, key } from "./field.ts";
import { serviceSchema } from "./service.ts";

const { override_query_window_max_seconds, reread_after_seconds, reread_max_seconds } = serviceSchema.shape;

/** What means the same for every service; where to begin, filters, tags and masks are each one's own. */
export const serviceDefaultsSchema = z.strictObject({
  request_period_in_seconds: key(
    integer(60, "seconds").optional(),
    "From the start of a pull to the start of the next.",
    { unit: "seconds" },
  ),
  override_query_window_max_seconds,
  reread_after_seconds,
  reread_max_seconds,
  track_updates: key(
    flag().optional(),
    "Whether an alert, score or control leaves again when it changes.",
  ),
});

/** The defaults that a block gives. */
export function serviceDefaultsOf(block: z.output<typeof serviceDefaultsSchema> = {}): ServiceDefaults {
  return {
    periodSeconds: block.request_period_in_seconds ?? null,
    windowMaxSeconds: block.override_query_window_max_seconds ?? null,
    rereadAfterSeconds: block.reread_after_seconds ?? null,
    rereadMaxSeconds: block.reread_max_seconds ?? null,
    trackUpdates: block.track_updates ?? null,
  };
}
