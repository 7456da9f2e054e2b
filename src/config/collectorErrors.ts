/** The old collector's troubleshooting tables, row by row: what each row is here. Its texts are in our words. */
import type { ErrorCode } from "../errors.ts";

/** A row that can still happen: our code comes first in the line, the collector's type and id stand after it. */
export interface LivingRow {
  readonly type: string;
  readonly id: number;
  readonly situation: string;
  readonly code: ErrorCode;
}

/** Rows that cannot happen any more, or not under their name, and what stands in their place. */
export interface RetiredRow {
  readonly type: string;
  readonly ids: readonly [first: number, last: number];
  readonly situation: string;
  readonly instead: string;
}

const input = "InputConfigurationError";
const creation = "MicrosoftGraphPullerCreationException";

export const livingRows: readonly LivingRow[] = [
  { type: "InitVariablesError", id: 1, situation: "start_time_in_utc is no time", code: "config-invalid" },
  {
    type: "InitVariablesError",
    id: 2,
    situation: "start_time_in_utc is not in the past",
    code: "config-invalid",
  },
  { type: "SetupError", id: 101, situation: "the login service gives no token", code: "token-refused" },
  { type: "SetupError", id: 101, situation: "the login service cannot answer", code: "token-unavailable" },
  { type: "SetupError", id: 102, situation: "a permission is missing", code: "graph-forbidden" },
  {
    type: "SetupError",
    id: 102,
    situation: "the tenant has no licence for a service",
    code: "graph-unlicensed",
  },
  {
    type: "ApiError",
    id: 401,
    situation: "Graph answers 401, with a new token too",
    code: "graph-unauthorized",
  },
  { type: "ApiError", id: 429, situation: "Graph answers 429", code: "graph-throttled" },
  { type: "ApiError", id: 498, situation: "Graph answers 500 or another 5xx", code: "graph-unavailable" },
  { type: "ApiError", id: 498, situation: "Graph answers 504", code: "graph-timeout" },
  {
    type: "MicrosoftGraphPullerRetrieveException",
    id: 2,
    situation: "Graph answers 400 or another 4xx that has no row of its own",
    code: "graph-refused",
  },
  {
    type: "MicrosoftGraphPullerConnectionException",
    id: 4,
    situation: "no connection to Graph, or it breaks",
    code: "graph-unreachable",
  },
  { type: input, id: 1, situation: "there are no inputs", code: "config-invalid" },
  { type: input, id: 1, situation: "an input is empty", code: "config-invalid" },
  { type: input, id: 2, situation: "an input is no block", code: "config-invalid" },
  { type: input, id: 3, situation: "credentials are missing", code: "config-invalid" },
  { type: input, id: 4, situation: "credentials are no block", code: "config-invalid" },
  { type: input, id: 5, situation: "tenant_id is missing", code: "config-invalid" },
  { type: input, id: 6, situation: "tenant_id is no text", code: "config-invalid" },
  { type: input, id: 7, situation: "client_id is missing", code: "config-invalid" },
  { type: input, id: 8, situation: "client_id is no text", code: "config-invalid" },
  { type: input, id: 9, situation: "client_secret is missing", code: "config-invalid" },
  { type: input, id: 10, situation: "client_secret is no text", code: "config-invalid" },
  {
    type: "ServiceConfigurationError",
    id: 1,
    situation: "an input names no service",
    code: "config-invalid",
  },
  { type: "ServiceConfigurationError", id: 2, situation: "a service is no block", code: "config-invalid" },
  { type: creation, id: 27, situation: "tag is no text", code: "config-invalid" },
  { type: creation, id: 36, situation: "start_time is no text", code: "config-invalid" },
  { type: creation, id: 37, situation: "start_time is no time", code: "config-invalid" },
  { type: creation, id: 37, situation: "tag_version is neither v1 nor v2", code: "config-invalid" },
];

const plugin = "`plugin-invalid`: a service is data under a schema, and all its problems are told at once";

export const retiredRows: readonly RetiredRow[] = [
  {
    type: "ModuleDefinitionError",
    ids: [1, 32],
    situation: "a service definition lacks a property",
    instead: plugin,
  },
  { type: creation, ids: [1, 26], situation: "a service definition lacks a property", instead: plugin },
  {
    type: creation,
    ids: [28, 35],
    situation: "credentials, tenant_id, client_id or client_secret are missing or of another kind",
    instead: "`config-invalid` (InputConfigurationError 3 to 10): the same for every service",
  },
  {
    type: creation,
    ids: [38, 38],
    situation: "tag_version v2 of a service that has one set of tags",
    instead: "a warning with the same type and id: the service runs with its tags",
  },
  {
    type: "MicrosoftGraphPullerCredentialsException",
    ids: [1, 2],
    situation: "the tenant, the application or the token is refused",
    instead: "`token-refused` (SetupError 101), with Microsoft's AADSTS number and what to do about it",
  },
  {
    type: "MicrosoftGraphPullerRetrieveException",
    ids: [1, 1],
    situation: "an answer has no link to a next page",
    instead: "nothing: it is the last page",
  },
  {
    type: "MicrosoftGraphPullerConnectionException",
    ids: [3, 3],
    situation: "Graph takes too long",
    instead: "`graph-timeout` (ApiError 498): the window is made smaller",
  },
  {
    type: "MicrosoftGraphPullerRetrieveException",
    ids: [5, 5],
    situation: "anything else",
    instead: "the code that names it; `bug` for what should not be",
  },
];

/** `ERRORS.md`: written from the two tables, and held equal to them by a test. */
export function errorsPage(): string {
  const living = livingRows.map(({ type, id, situation, code }) =>
    `| ${type} ${id} | ${situation} | \`${code}\` |`
  );
  const retired = retiredRows.map(({ type, ids: [first, last], situation, instead }) =>
    `| ${type} ${first === last ? first : `${first} to ${last}`} | ${situation} | ${instead} |`
  );
  return `# The old collector's errors

Written from \`collectorErrors.ts\`, to which a test holds this page.

A line begins with our code, and has the collector's type and id after it or at its end, so that a search for either
finds it.

## What can still happen

| the collector's | when | our code |
|---|---|---|
${living.join("\n")}

## What cannot happen any more, or has another name

| the collector's | when | what stands in its place |
|---|---|---|
${retired.join("\n")}
`;
}
