/** Which line of the old collector an input was written for, 1.x or 2.x: their defaults differ. */
import { isRecord } from "./check.ts";
import type { InputConfig } from "./config.ts";
import type { Path } from "./document/places.ts";
import type { Report } from "./document/problems.ts";

/** What the line of an input decides where the file says nothing. */
export interface CollectorVersion {
  /** Written for the 1.x line: a period of 60 s by default, and of 1 s at least. */
  readonly isOld: boolean;
  /** What in the file tells the line; `null` when nothing does, which is 2.x. */
  readonly sign: string | null;
  /** `tag_version` of services that give none; `null` for the tags of 2.x (collector document: "If there is no value, v1"). */
  readonly tagVersion: "v1" | null;
}

/** Input, services and keys that only the 1.x line had: of services, every name that its documentation uses for one. */
const OLD_INPUT = "microsoft_graph";
const OLD_SERVICES = [
  "audit",
  "directory_audit",
  "provisioning",
  "provisioning_audit",
  "signIn",
  "signins",
  "signIn_nonInteractive",
  "signIn_servicePrincipal",
  "signIn_managedIdentity",
  "secureScores",
  "secure_score_control_profile",
];
const OLD_KEYS = [
  "start_time",
  "tag",
  "tag_version",
  "reset_persistence_auth",
  "override_time_delta_in_days",
  "pull_sliding_window_timespan_period",
  "ms_365_environment",
  "custom_endpoints",
];

/** Names of 1.x that the document of 2.x has, too, in its table of permissions. */
const NAMES_OF_BOTH = ["directory_audit", "provisioning_audit", "signIn"];

/**
 * Inputs, services and keys that only 2.x has. The addresses of an input tell nothing: our own warnings ask for them
 * there in a 1.x file.
 */
const NEW_INPUTS = ["microsoft_graph_audit", "microsoft_graph_security"];
const NEW_SERVICES = ["directory_audits", "provisioning_audits", "signIns", "signIns_v2"];
const NEW_KEYS = [
  "start_time_in_utc",
  "additional_filter",
  "override_tag",
  "override_query_window_max_seconds",
];

/** What in an input tells its line. */
export interface Signs {
  /** Keys of 1.x. */
  readonly oldKeys: readonly string[];
  /** Names of 1.x: of services, or of the input. */
  readonly oldNames: readonly string[];
  /** Names and keys of 2.x. */
  readonly newer: readonly string[];
}

/** Looks for what tells the line of an input. */
export function signsOf(name: string, input: unknown): Signs {
  const block = isRecord(input) ? input : {};
  const entries = isRecord(block["services"]) ? Object.entries(block["services"]) : [];
  const names = entries.map(([service]) => service);
  const keys = entries.flatMap(([, block]) => isRecord(block) ? Object.keys(block) : []);
  return {
    oldKeys: keys.filter((key) => OLD_KEYS.includes(key)),
    oldNames: [...names.filter((one) => OLD_SERVICES.includes(one)), ...(name === OLD_INPUT ? [name] : [])],
    newer: [
      ...(NEW_INPUTS.includes(name) ? [name] : []),
      ...names.filter((one) => NEW_SERVICES.includes(one)),
      ...keys.filter((key) => NEW_KEYS.includes(key)),
    ],
  };
}

/** Whether the signs of an input are those of the 1.x line: something of it, and nothing of 2.x. */
export function hasOldSigns({ oldKeys, oldNames, newer }: Signs): boolean {
  return newer.length === 0 && oldKeys.length + oldNames.length > 0;
}

/**
 * The line of an input, with a warning when it is not that of 2.x, whole and plain.
 *
 * @param generation `tag_generation` as the file has it.
 */
export function collectorVersionOf(
  input: unknown,
  path: Path,
  generation: string | null,
  report: Report,
): CollectorVersion {
  const signs = signsOf(String(path.at(-1)), input);
  const { oldKeys, oldNames, newer } = signs;
  if (!hasOldSigns(signs)) {
    const [older] = [...oldKeys, ...oldNames.filter((name) => !NAMES_OF_BOTH.includes(name))];
    if (older !== undefined) {
      const message = `has ${older} of the 1.x line beside ${
        newer[0]
      } of 2.x: tags and periods are those of 2.x`;
      report("warning", path, message, { at: "key" });
    }
    return { isOld: false, sign: newer[0] ?? null, tagVersion: null };
  }
  // Who writes the generation down has chosen the tags; "1" is what such a file has anyway.
  const keepsTags = generation === null || generation === "1";
  const tags = keepsTags ? 'tags of generation "1", by tag_version v1 unless v2 is given; ' : "";
  const sign = [...oldNames, ...oldKeys][0]!;
  const message =
    `is of the 1.x line, by "${sign}", and read so: ${tags}a period of 60 s unless one is given; ` +
    '"graphtap migrate" writes the file of 2.x';
  report("warning", path, message, { at: "key" });
  return { isOld: true, sign, tagVersion: keepsTags ? "v1" : null };
}

const MOST_NAMES = 5;

/** Which line the enabled inputs are read as, and what tells it: said at every start, for tags and periods hang on it. */
export function shownLines(inputs: readonly Pick<InputConfig, "name" | "enabled" | "line">[]): string {
  const groups = new Map<string, string[]>();
  for (const { name, enabled, line } of inputs) {
    if (!enabled) continue;
    const told = line?.sign ? `by ${line.sign}` : "nothing tells the 1.x line";
    const group = `${line?.version ?? "2.x"}, ${told}`;
    groups.set(group, [...groups.get(group) ?? [], name]);
  }
  return [...groups].map(([group, names]) => {
    const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : "";
    return `${names.slice(0, MOST_NAMES).join(", ")}${more}: ${group}`;
  }).join("; ");
}
