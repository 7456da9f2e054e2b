/** The keys of `globals`, and of `global_overrides` in the cloud form. */
import * as z from "zod";
import { quotaNames } from "../plugin/quotaNames.ts";
import { flag, identifier, integer, key, keyNotes, positive, text } from "./field.ts";
import { requestLimitsSchema } from "./requestLimits.ts";

/** A block of the whole program: the old collector ignored keys it did not know with a warning, and so do we. */
function lenient<S extends z.ZodRawShape>(shape: S): z.ZodObject<S, z.core.$strip> {
  const schema = z.object(shape);
  keyNotes.add(schema, { lenient: true });
  return schema;
}

const quota = z.strictObject({
  requests: key(integer(1, "requests"), "Requests allowed in the time.", { unit: "requests" }),
  seconds: key(positive(), "The time.", { unit: "seconds" }),
});

const quotas = lenient(Object.fromEntries(
  quotaNames.map((name) => [name, key(quota.optional(), `Budget "${name}".`)]),
));

const persistence = lenient({
  type: key(text().optional(), "Where positions are kept; always files here."),
  config: key(
    lenient({
      directory_name: key(text().default("state"), "The state folder.", { examples: ["state"] }),
    }).optional(),
    "Settings of the state folder.",
  ),
});

// Settings of the old collector's own queues, senders and processes.
const idleNames = [
  "queue_max_size_in_mb",
  "queue_max_size_in_messages",
  "queue_max_elapsed_time_in_sec",
  "queue_wrap_max_size_in_messages",
  "queue_generate_metrics",
  "sender_stats_period_in_sec",
  "devo_sender_threshold_for_using_gzip_in_transport_layer",
  "devo_sender_compression_level",
  "devo_sender_compression_buffer_in_bytes",
  "generate_collector_details",
  "multiprocessing",
  "multithreading",
];
const idle = Object.fromEntries(
  idleNames.map((
    name,
  ) => [
    name,
    key(z.unknown().optional(), "Of the old collector; accepted, without effect.", { idle: true }),
  ]),
);

/** `globals`. */
export const globalsSchema = lenient({
  debug: key(flag().default(false), "Log a line for each request."),
  id: key(identifier().optional(), "Identifier of this collector.", { examples: ["12345"] }),
  name: key(text().optional(), "Name of this collector.", { examples: ["msgraph"] }),
  persistence: key(persistence.optional(), "Where positions are kept."),
  tag_generation: key(
    identifier().pipe(z.string().regex(/^[A-Za-z0-9_-]+$/, "letters, digits, _ and - only")).default("2"),
    'The level of the tags that Devo\'s documentation writes as "*": "1" in the 1.x collector, "2" in 2.x.',
  ),
  quotas: key(quotas.optional(), "Request budgets that replace the built-in ones."),
  requests_limits: key(requestLimitsSchema.optional(), "Caps over all inputs, beside all others.", {
    examples: [[{ period: "10s", number_of_requests: 20 }]],
  }),
  allow_insecure_urls: key(flag().default(false), "Accept plain http to other hosts. For test networks."),
  plugins: key(
    z.array(text(), { error: "a list of paths" }).default([]),
    "Files with further services, relative to this file.",
  ),
  ...idle,
});
