/** The rules for a plugin, ours and those that users bring along. They agree with the type in `plugin.ts`. */
import * as z from "zod";
import { GraphtapError } from "../errors.ts";
import type { Cursor, Plugin } from "./plugin.ts";
import { quotaNames } from "./quotaNames.ts";
import { tagTemplateRemark } from "./tagRule.ts";

const line = z.string().regex(/^[^\r\n]*\S[^\r\n]*$/, "expected a text of one line");
const name = z.string().regex(
  /^[A-Za-z][A-Za-z0-9_]*$/,
  "expected a letter, then letters, digits and _",
);
// Read by the byte scanner at the top level of a record, hence no path.
const property = z.string().regex(/^[A-Za-z_@][\w.@]*$/, "expected the name of a top-level property");
const propertyPath = z.string().regex(
  /^[A-Za-z_@][\w.@]*(\/[A-Za-z_@][\w.@]*)*$/,
  "expected the name of a property, nested ones by /",
);
const tag = z.string().superRefine((text, context) => {
  const remark = tagTemplateRemark(text);
  if (remark?.severity === "error") {
    context.addIssue({ code: "custom", message: `expected ${remark.expected}` });
  }
});

const ascending = z.array(z.number().int().positive()).refine(
  (ages) => ages.every((age, index) => index === 0 || age > ages[index - 1]!),
  "expected ages that grow from each to the next",
);
const timed = {
  field: property,
  retentionDays: z.number().int().positive(),
  overlapSeconds: z.number().int().nonnegative().optional(),
  settleSeconds: z.number().int().nonnegative().optional(),
  rereadAfterSeconds: ascending.optional(),
  sweepAfterSeconds: ascending.optional().meta({
    deprecated: true,
    description: "Old name of rereadAfterSeconds.",
  }),
};
const filtered = { ...timed, from: z.enum(["ge", "gt"]), to: z.enum(["le", "lt"]) };
// One line each, and no ";": what is written here must stay the operator that it says it is.
const kqlOperator = z.string().regex(
  /^(where|extend|project|project-away|project-keep|project-rename|project-reorder|parse|mv-expand) [^;\r\n]*$/,
  "expected one KQL operator such as where, extend or project, on one line, without | before it and without ;",
);
const texts = z.array(line).min(1);
const jobFilters = z.strictObject({
  administrativeUnitIdFilters: texts.optional(),
  ipAddressFilters: texts.optional(),
  keywordFilter: line.optional(),
  objectIdFilters: texts.optional(),
  operationFilters: texts.optional(),
  recordTypeFilters: texts.optional(),
  serviceFilter: line.optional(),
  serviceFilters: texts.optional(),
  userPrincipalNameFilters: texts.optional(),
});
const cursor: z.ZodType<Cursor> = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("event-time"), ...filtered }),
  z.strictObject({ kind: z.literal("update-time"), ...filtered }),
  z.strictObject({
    kind: z.literal("snapshot"),
    field: property.optional(),
    ignore: z.array(property).min(1).optional(),
  }),
  z.strictObject({
    kind: z.literal("query"),
    ...timed,
    field: z.string().regex(/^[A-Za-z_]\w*$/, "expected the name of a column"),
    table: z.string().regex(/^[A-Za-z_]\w*$/, "expected the name of a table"),
    operators: z.array(kqlOperator).min(1).optional(),
  }),
  z.strictObject({
    kind: z.literal("job"),
    ...timed,
    filters: jobFilters.optional(),
    jobQuota: z.enum(quotaNames),
    everySeconds: z.number().int().positive().optional(),
  }),
]).transform((written, context): Cursor => {
  if (written.kind === "snapshot" || written.sweepAfterSeconds === undefined) return written;
  const { sweepAfterSeconds, ...cursor } = written;
  if (cursor.rereadAfterSeconds === undefined) return { ...cursor, rereadAfterSeconds: sweepAfterSeconds };
  const message = "is the old name of rereadAfterSeconds, which is given, too; keep rereadAfterSeconds";
  context.addIssue({ code: "custom", path: ["sweepAfterSeconds"], message });
  return z.NEVER;
});

const filterRule = z.strictObject({
  type: z.enum(["string", "number", "boolean", "instant", "strings"]).optional(),
  operators: z.array(z.enum(["eq", "ne", "ge", "le", "gt", "lt", "startswith", "contains"])).min(1),
  properties: z.array(propertyPath).min(1),
  within: propertyPath.optional(),
});

/** A whole plugin; unknown keys are refused, as a misspelt one would change what is read. */
export const pluginSchema: z.ZodType<Plugin> = z.strictObject({
  service: name,
  aliases: z.array(name).optional(),
  variants: z.array(z.strictObject({ name, title: line, filter: line, tag: tag.optional() })).optional(),
  title: line,
  docs: z.url({ protocol: /^https$/, error: "expected an https address" }),
  path: z.string().regex(
    /^\/(v1\.0|beta)(\/[A-Za-z0-9_.()$='-]*[A-Za-z0-9_)])+$/,
    "expected a path that begins with /v1.0/ or /beta/, without query",
  ),
  permissions: z.array(line).min(1),
  licence: line.optional(),
  cursor,
  filter: line.optional(),
  fallbackFilters: z.array(z.array(line).min(1)).optional(),
  page: z.strictObject({
    size: z.number().int().positive(),
    by: z.enum(["top", "prefer", "none"]).optional(),
    orderBy: property.optional(),
    deadLinks: z.boolean().optional(),
  }),
  quota: z.enum(quotaNames),
  tag: z.union([
    tag,
    z.strictObject({
      field: propertyPath,
      ignoreCase: z.boolean().optional(),
      tags: z.record(z.string().min(1), tag),
      otherwise: tag,
    }),
  ]),
  notice: line.optional(),
  filters: z.array(filterRule).optional(),
  example: z.record(z.string(), z.unknown()).optional(),
});

/** JSON Schema (2020-12) of a plugin file, for editors. */
export function pluginJsonSchema(): object {
  const schema = z.toJSONSchema(pluginSchema, { io: "input", unrepresentable: "any" });
  const properties = {
    $schema: { description: "Address of this schema, for editors." },
    ...schema.properties,
  };
  return { ...schema, title: "A plugin of graphtap", properties };
}

/**
 * Checks what a plugin file holds.
 *
 * @param where The file, or another name that leads its author to it.
 * @throws `plugin-invalid` with every problem, one a line.
 */
export function checkPlugin(value: unknown, where: string): Plugin {
  const result = pluginSchema.safeParse(value);
  if (result.success) return result.data;
  const lines = result.error.issues.flatMap(issueLines);
  throw new GraphtapError(
    "plugin-invalid",
    `Cannot use plugin ${where}: ${lines.length} ${lines.length === 1 ? "problem" : "problems"}\n` +
      lines.map((text) => `${where}: ${text}`).join("\n"),
  );
}

/** A problem as "path: what is wrong"; of alternatives, the one that came furthest. */
function issueLines(issue: z.core.$ZodIssue): string[] {
  const at = (inner: z.core.$ZodIssue) => ({ ...inner, path: [...issue.path, ...inner.path] });
  if (issue.code === "invalid_union" && issue.errors.length > 0) {
    const furthest = issue.errors.find((errors) => errors.some((error) => error.path.length > 0)) ??
      issue.errors.find((errors) => errors.every((error) => error.code !== "invalid_type"));
    if (furthest !== undefined) return furthest.flatMap((inner) => issueLines(at(inner)));
  }
  const path = issue.path.map(String).join(".") || "the plugin";
  return [`${path}: ${issue.message}`];
}
