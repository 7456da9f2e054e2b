/** `services` of an input: which ones, and how they go together. */
import type { Plugin } from "../plugin/plugin.ts";
import type { ServiceConfig } from "./config.ts";
import type { Path } from "./document.ts";
import type { Era } from "./era.ts";
import type { Lifted } from "./legacy.ts";
import { nearest } from "./nearest.ts";
import { readService } from "./readService.ts";
import type { Reading } from "./reading.ts";
import { keyOf, kindOf, report, shownKey } from "./reading.ts";
import { isRecord } from "./section.ts";

/** The services that were read; `services` is `null` when something in them is wrong. */
export interface ServicesReading {
  readonly services: readonly ServiceConfig[] | null;
  readonly lifted: readonly Lifted[];
}

/** A service that stands in the file, whether right or wrong otherwise. */
interface Named {
  readonly key: string;
  readonly plugin: Plugin;
  readonly config: ServiceConfig | null;
}

/** Reads the services of an input. */
export function readServices(reading: Reading, block: unknown, path: Path, era: Era): ServicesReading {
  const nothing = { services: null, lifted: [] };
  if (block !== undefined && block !== null && !isRecord(block)) {
    if (!reading.placeholders.has(keyOf(path))) {
      report(reading, "error", path, `found ${kindOf(block)}, expected a map of services`);
    }
    return nothing;
  }
  const entries = Object.entries(block ?? {});
  if (entries.length === 0) {
    const message = `names no service; expected one or more of ${canonicalNames(reading)}`;
    report(reading, "error", path, message, { at: "key", collector: ["ServiceConfigurationError", 1] });
    return nothing;
  }
  const named: Named[] = [];
  const lifted: Lifted[] = [];
  let complete = true;
  for (const [key, value] of entries) {
    const at = [...path, key];
    const plugin = reading.options.registry.resolve(key);
    if (plugin === null) {
      report(reading, "error", at, unknownService(reading, key), { at: "key" });
      complete = false;
      continue;
    }
    const service = readService(reading, value, at, plugin, era);
    lifted.push(...service.lifted);
    named.push({ key, plugin, config: service.config });
    if (service.config === null) complete = false;
  }
  if (reportDoubles(reading, named, path)) complete = false;
  reportOverlaps(reading, named.filter((one) => one.config?.enabled !== false), path);
  const services = named.flatMap((one) => one.config ?? []);
  if (complete && services.every((service) => !service.enabled)) {
    report(reading, "warning", path, "no service is enabled", { at: "key" });
  }
  return { services: complete ? services : null, lifted };
}

function unknownService(reading: Reading, key: string): string {
  const shown = shownKey(key);
  const close = nearest(shown.replace("…", ""), reading.options.registry.names());
  const hint = close === null ? "" : ` (did you mean "${close}"?)`;
  return `unknown service "${shown}"${hint}; known: ${canonicalNames(reading)}`;
}

function canonicalNames(reading: Reading): string {
  return reading.options.registry.services().map((plugin) => plugin.service).join(", ");
}

/** One service by two of its names would be one stream with two settings. */
function reportDoubles(reading: Reading, named: readonly Named[], path: Path): boolean {
  let found = false;
  for (const [index, one] of named.entries()) {
    const first = named.slice(0, index).find((other) => other.plugin.service === one.plugin.service);
    if (first === undefined) continue;
    const message = `"${one.key}" and "${first.key}" are the same service, ${one.plugin.service}; keep one`;
    report(reading, "error", [...path, one.key], message, { at: "key" });
    found = true;
  }
  return found;
}

/** Two services over one collection bring the same records twice, with the same ids. */
function reportOverlaps(reading: Reading, named: readonly Named[], path: Path): void {
  for (const [index, one] of named.entries()) {
    // Whoever writes a filter divides the collection as he wants it.
    if (one.config?.additionalFilter) continue;
    const first = named.slice(0, index).find((other) =>
      !other.config?.additionalFilter && overlap(reading, other.plugin, one.plugin)
    );
    if (first === undefined) continue;
    const message =
      `"${one.key}" brings records that "${first.key}" brings, too; they arrive twice, by different tags`;
    report(reading, "warning", [...path, one.key], message, { at: "key" });
  }
}

function overlap(reading: Reading, a: Plugin, b: Plugin): boolean {
  if (a.service === b.service || collection(a) !== collection(b)) return false;
  const parts = [a, b].filter((plugin) => !reading.options.registry.services().includes(plugin)).length;
  // The variants of a plugin are separate parts of it, and an older version of the API knows none of them.
  return parts === 0 || (parts === 1 && a.path === b.path);
}

function collection(plugin: Plugin): string {
  return plugin.path.replace(/^\/(v1\.0|beta)\//, "");
}
