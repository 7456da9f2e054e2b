/** A line of the log in the names of the Elastic Common Schema (elastic.co/docs/reference/ecs). */
import type { LogEntry } from "./logEntry.ts";

/** The version of the schema that the names are of. */
const ECS_VERSION = "9.4.0";

/** Fields of ours that the schema has a name for. */
const NAMES: Readonly<Record<string, string>> = {
  code: "error.code",
  collector: "error.type",
  stack: "error.stack_trace",
  exit_code: "process.exit_code",
  version: "service.version",
  method: "http.request.method",
  request_id: "http.request.id",
  status: "http.response.status_code",
  url: "url.full",
  path: "url.path",
  // service.name is the program that logs.
  input: "labels.input",
  service: "labels.service",
  client_request_id: "labels.client_request_id",
};

/** Fields in milliseconds, of which the schema has one in nanoseconds. */
const DURATIONS = ["ms", "elapsed_ms"];

/**
 * The members of a line, the first ones in the order that Elastic's loggers keep to. What the schema has no name for
 * goes below `graphtap.`; an absent value is left out.
 */
export function ecsMembers({ time, level, message, fields }: LogEntry): Record<string, unknown> {
  const known = Object.entries(fields).filter(([, value]) => value !== undefined && value !== null);
  return {
    "@timestamp": time,
    "log.level": level,
    message,
    "ecs.version": ECS_VERSION,
    "service.name": "graphtap",
    "event.dataset": "graphtap.log",
    ...(fields["code"] !== undefined && { "event.outcome": "failure", "error.message": message }),
    ...Object.fromEntries(known.map(([name, value]) => member(name, value))),
  };
}

function member(name: string, value: unknown): [string, unknown] {
  if (DURATIONS.includes(name) && typeof value === "number") {
    return ["event.duration", Math.round(value * 1_000_000)];
  }
  return [NAMES[name] ?? `graphtap.${name}`, value];
}
