/** `globals` and `global_overrides`, as one: their keys, and what they say. */
import * as z from "zod";
import { beginsAtHome } from "../files/home.ts";
import { quotaNames } from "../plugin/quotaNames.ts";
import { checkBlock, type CheckContext, type CheckedBlock, isBlank, isRecord } from "./check.ts";
import type { Globals, ReadOptions, RequestLimit } from "./config.ts";
import { type CredentialBlock, credentialBlock, sharedCredentialsSchema } from "./credentials/credentials.ts";
import { readDocument } from "./document/document.ts";
import { flag, identifier, integer, key, keyNotes, path, positive, text } from "./field.ts";
import { replaceInDocument } from "./document/references.ts";
import { requestLimitsOf, requestLimitsSchema } from "./requestLimits.ts";
import { serviceDefaultsOf, serviceDefaultsSchema } from "./serviceDefaults.ts";

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
      directory_name: key(path().default("state"), "The state folder.", { examples: ["state"] }),
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
  credentials: key(
    sharedCredentialsSchema.optional(),
    "What inputs share that have no credentials of their own.",
  ),
  service_defaults: key(
    serviceDefaultsSchema.optional(),
    "Settings of every service that does not say otherwise.",
  ),
  plugins: key(
    z.array(path(), { error: "a list of paths" }).default([]),
    "Files with further services, relative to this file.",
  ),
  ...idle,
});

/** In the order in which their keys win. */
const BLOCKS = ["global_overrides", "globals"] as const;

/**
 * The settings of the program; a key of `global_overrides` wins over the same key of `globals`.
 * A key that is wrong has its default here, and its problem reported.
 */
export function readGlobals(
  context: CheckContext,
  root: Readonly<Record<string, unknown>>,
): { readonly globals: Globals; readonly credentials: CredentialBlock | null } {
  const globals = checkGlobals(context, root, "globals");
  const overrides = checkGlobals(context, root, "global_overrides");
  const settings = { ...globals.given, ...overrides.given };
  return { globals: globalsOf(settings), credentials: overrides.credentials ?? globals.credentials };
}

function globalsOf(settings: CheckedBlock<typeof globalsSchema.shape>["given"]): Globals {
  return {
    debug: settings.debug ?? false,
    id: settings.id ?? null,
    name: settings.name ?? null,
    tagGeneration: settings.tag_generation ?? "2",
    stateDir: settings.persistence?.config?.directory_name ?? "state",
    quotas: withoutGaps(settings.quotas ?? {}),
    requestLimits: requestLimitsOf(settings.requests_limits),
    allowInsecureUrls: settings.allow_insecure_urls ?? false,
    plugins: settings.plugins ?? [],
    ...(settings.service_defaults && { serviceDefaults: serviceDefaultsOf(settings.service_defaults) }),
  };
}

/** The right values of the keys that a block gives, so that a default covers no value of the other block. */
function checkGlobals(
  context: CheckContext,
  root: Readonly<Record<string, unknown>>,
  name: (typeof BLOCKS)[number],
) {
  const written = isBlank(root[name]) ? {} : root[name] ?? {};
  const { given, parts } = checkBlock(context, globalsSchema, written, [name]);
  const type = given.persistence?.type;
  if (type !== undefined && type !== "filesystem") {
    const message = `"${type}" is without effect: positions are kept in files`;
    context.report("warning", [name, "persistence", "type"], message);
  }
  const shared = isRecord(written) ? written["credentials"] : undefined;
  return { given, credentials: credentialBlock(shared, parts.credentials, [name, "credentials"]) };
}

function withoutGaps(
  quotas: Readonly<Record<string, RequestLimit | undefined>>,
): Readonly<Record<string, RequestLimit>> {
  return Object.fromEntries(
    Object.entries(quotas).flatMap(([name, budget]) => budget === undefined ? [] : [[name, budget]]),
  );
}

/** `tag_generation` as the file has it, whether right or wrong; `null` when it has none. */
export function chosenGeneration(root: unknown): string | null {
  const chosen = firstOf(root, "tag_generation", (value) => value !== undefined && value !== null);
  return chosen === undefined ? null : String(chosen);
}

/**
 * The plugin files that a configuration names, as written, ahead of everything else: without the plugins, the rest
 * cannot be judged. What is wrong with them is left to `parseConfig`.
 */
export function readPluginPaths(text: string, env: ReadOptions["env"]): readonly string[] {
  const { value } = replaceInDocument(readDocument(text), env);
  const list = firstOf(value, "plugins", Array.isArray) ?? [];
  const paths = (list as readonly unknown[]).filter((item) => typeof item === "string");
  return paths.filter((path) => !beginsAtHome(path));
}

/** The value of a key in the first of the blocks where it is as wanted. */
function firstOf(root: unknown, key: string, isWanted: (value: unknown) => boolean): unknown {
  const blocks = isRecord(root) ? BLOCKS.map((name) => root[name]) : [];
  return blocks.map((block) => isRecord(block) ? block[key] : undefined).find(isWanted);
}
