/** `services` of an input: which ones, and how they go together. */
import type { Plugin } from "../plugin/plugin.ts";
import type { Registry } from "../plugin/registry.ts";
import { type CheckContext, firstOf, isBlank, isRecord, isSwitchedOff, unheard } from "./check.ts";
import type { CollectorVersion } from "./collectorVersion.ts";
import { nearest } from "./nearest.ts";
import type { Path } from "./document/places.ts";
import { keyOf, kindOf, type Report, shownKey } from "./document/problems.ts";
import { type CheckedService, checkService } from "./service.ts";

/** The services of an input that stand in the file, whether right or wrong otherwise. */
export interface CheckedServices {
  readonly named: readonly CheckedService[];
  /** Whether all of them are known, and none stands twice. */
  readonly isRight: boolean;
}

/**
 * Checks the services of an input. Of one that is switched off no problem is told.
 *
 * @param mayBeEmpty whether an empty block is no error, since other inputs name services
 */
export function checkServices(
  context: CheckContext,
  block: unknown,
  path: Path,
  version: CollectorVersion,
  mayBeEmpty: boolean,
): CheckedServices {
  const { report, registry, placeholders } = context;
  const nothing = { named: [], isRight: false };
  if (block !== undefined && block !== null && !isBlank(block) && !isRecord(block)) {
    if (!placeholders.has(keyOf(path))) {
      report("error", path, `found ${kindOf(block)}, expected a map of services`);
    }
    return nothing;
  }
  const entries = isRecord(block) ? Object.entries(block) : [];
  if (entries.length === 0) {
    if (mayBeEmpty && block !== undefined) {
      report("warning", path, "names no service: nothing of this input is pulled", { at: "key" });
      return { named: [], isRight: true };
    }
    const message = `names no service; expected one or more of ${canonicalNames(registry)}`;
    report("error", path, message, { at: "key", collector: ["ServiceConfigurationError", 1] });
    return nothing;
  }
  const strangers = entries.filter(([key, value]) => registry.resolve(key) === null && !isSwitchedOff(value))
    .map(([key]) => key);
  for (const key of firstOf(strangers, path, "error", report)) {
    report("error", [...path, key], unknownService(registry, key), { at: "key" });
  }
  const named = entries.flatMap(([key, value]) => {
    const plugin = registry.resolve(key);
    const heard = isSwitchedOff(value) ? unheard(context) : context;
    return plugin === null ? [] : checkService(heard, value, [...path, key], plugin, version);
  });
  const running = named.filter(({ isOff }) => !isOff);
  const hasDoubles = reportDoubles(running, path, report);
  reportOverlaps(context, running, path);
  const isRight = strangers.length === 0 && !hasDoubles;
  if (isRight && running.length === 0) {
    report("warning", path, "no service is enabled", { at: "key" });
  }
  return { named, isRight };
}

/** Its key in the file. */
function nameOf({ path }: CheckedService): string {
  return String(path.at(-1));
}

function unknownService(registry: Registry, key: string): string {
  const shown = shownKey(key);
  const close = nearest(shown.replace("…", ""), registry.names());
  const hint = close === null ? "" : ` (did you mean "${close}"?)`;
  return `unknown service "${shown}"${hint}; known: ${canonicalNames(registry)}`;
}

function canonicalNames(registry: Registry): string {
  return registry.services().map((plugin) => plugin.service).join(", ");
}

/** One service by two of its names would be one stream with two settings. */
function reportDoubles(named: readonly CheckedService[], path: Path, report: Report): boolean {
  let found = false;
  for (const [index, one] of named.entries()) {
    const first = named.slice(0, index).find((other) => other.plugin.service === one.plugin.service);
    if (first === undefined) continue;
    const message = `"${nameOf(one)}" and "${
      nameOf(first)
    }" are the same service, ${one.plugin.service}; keep one`;
    report("error", [...path, nameOf(one)], message, { at: "key" });
    found = true;
  }
  return found;
}

/** Two services over one collection bring the same records twice, with the same ids. */
function reportOverlaps(
  { registry, report }: CheckContext,
  named: readonly CheckedService[],
  path: Path,
): void {
  for (const [index, one] of named.entries()) {
    // Whoever writes a filter divides the collection as he wants it.
    if (one.block.whole?.additional_filter) continue;
    const first = named.slice(0, index).find((other) =>
      !other.block.whole?.additional_filter && overlap(registry, other.plugin, one.plugin)
    );
    if (first === undefined) continue;
    const message = `"${nameOf(one)}" brings records that "${
      nameOf(first)
    }" brings, too; they arrive twice, by different tags`;
    report("warning", [...path, nameOf(one)], message, { at: "key" });
  }
}

function overlap(registry: Registry, a: Plugin, b: Plugin): boolean {
  if (a.service === b.service || collection(a) !== collection(b) || areApart(a, b)) return false;
  const parts = [a, b].filter((plugin) => !registry.services().includes(plugin)).length;
  // The variants of a plugin are separate parts of it, and an older version of the API knows none of them.
  return parts === 0 || (parts === 1 && a.path === b.path);
}

/** Jobs for other types of records each. */
function areApart({ cursor: a }: Plugin, { cursor: b }: Plugin): boolean {
  const [types, others] = [a, b].map((cursor) =>
    cursor.kind === "job" ? cursor.filters?.recordTypeFilters : undefined
  );
  return types !== undefined && others !== undefined &&
    ![types].flat().some((type) => [others].flat().includes(type));
}

function collection({ path, cursor }: Plugin): string {
  const table = cursor.kind === "query" ? `#${cursor.table}` : "";
  return path.replace(/^\/(v1\.0|beta)\//, "") + table;
}
