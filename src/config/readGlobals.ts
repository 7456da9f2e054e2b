/** `globals` and `global_overrides`, as one. */
import type { Globals } from "./config.ts";
import { globalsSchema } from "./globalsSchema.ts";
import { requestLimitsOf } from "./requestLimits.ts";
import type { Reading } from "./reading.ts";
import { report } from "./reading.ts";
import { isRecord, readSection } from "./section.ts";

/**
 * The settings of the program; a key of `global_overrides` wins over the same key of `globals`.
 * A key that is wrong has its default here, and its problem noted.
 */
export function readGlobals(reading: Reading, root: Readonly<Record<string, unknown>>): Globals {
  const blocks = ["globals", "global_overrides"] as const;
  const settings = Object.assign(
    {},
    ...blocks.map((block) => given(root[block], block, reading)),
  ) as Partial<ReturnType<typeof given>>;
  const persistence = settings.persistence;
  return {
    debug: settings.debug ?? false,
    id: settings.id ?? null,
    name: settings.name ?? null,
    tagGeneration: settings.tag_generation ?? "2",
    stateDir: persistence?.config?.directory_name ?? "state",
    quotas: budgetsOf(settings.quotas ?? {}),
    requestLimits: requestLimitsOf(settings.requests_limits),
    allowInsecureUrls: settings.allow_insecure_urls ?? false,
    plugins: settings.plugins ?? [],
  };
}

/** The right values of the keys that a block holds, so that a default covers no value of the other block. */
function given(block: unknown, name: "globals" | "global_overrides", reading: Reading) {
  if (block === undefined || block === null) return {};
  const { values } = readSection(reading, globalsSchema, block, [name]);
  const type = values.persistence?.type;
  if (type !== undefined && type !== "filesystem") {
    const message = `"${type}" is without effect: positions are kept in files`;
    report(reading, "warning", [name, "persistence", "type"], message);
  }
  const held = isRecord(block) ? block : {};
  return Object.fromEntries(
    Object.entries(values).filter(([key]) => held[key] !== undefined && held[key] !== null),
  ) as typeof values;
}

function budgetsOf(
  values: Readonly<Record<string, Globals["quotas"][string] | undefined>>,
): Globals["quotas"] {
  const quotas: Record<string, Globals["quotas"][string]> = {};
  for (const [name, quota] of Object.entries(values)) {
    if (quota !== undefined) quotas[name] = quota;
  }
  return quotas;
}
