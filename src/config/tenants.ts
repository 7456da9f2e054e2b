/**
 * An input with a list of `tenants` is one input for each of them: it has the keys of its tenant, and of the block around
 * them what the tenant does not say. Problems are told where the key stands, and of a shared key once.
 */
import { isBlank, isRecord, isSwitchedOff } from "./check.ts";
import type { Path } from "./document/places.ts";
import { keyOf, kindOf, type Report } from "./document/problems.ts";

/** Where an input came from. */
interface Origin {
  readonly block: string;
  readonly index: number;
  /** The keys that it has of the block around the list. */
  readonly shared: ReadonlySet<string>;
}

/** `inputs` with a block for each tenant. */
export interface ExpandedInputs {
  /** `null` where nothing is left of them, which was told. */
  readonly inputs: unknown;
  /** Where a path stands in the file. */
  written(path: Path): Path;
  /** The paths that a path of the file has here. */
  expanded(path: Path): readonly Path[];
}

/** Makes an input of each tenant in a list. */
export function expandTenants(inputs: unknown, report: Report): ExpandedInputs {
  const hasLists = isRecord(inputs) &&
    Object.values(inputs).some((block) => isRecord(block) && "tenants" in block);
  if (!hasLists) return { inputs, written: (path) => path, expanded: (path) => [path] };
  const origins = new Map<string, Origin>();
  const found = new Map<string, unknown>();
  const add = (name: string, value: unknown, path: Path) => {
    if (found.has(name)) {
      report("error", path, `an input named ${JSON.stringify(name)} stands before it; rename one`);
    } else found.set(name, value);
  };
  for (const [block, value] of Object.entries(inputs)) {
    if (!isRecord(value) || !("tenants" in value)) {
      add(block, value, ["inputs", block]);
      continue;
    }
    const { tenants, ...shared } = value;
    const path = ["inputs", block, "tenants"];
    for (const { name, keys, index } of tenantsOf(tenants, path, isSwitchedOff(value) ? () => {} : report)) {
      if (!found.has(name)) {
        const names = Object.keys(shared).filter((key) => !Object.hasOwn(keys, key));
        origins.set(name, { block, index, shared: new Set(names) });
      }
      add(name, { ...shared, ...keys }, [...path, index, "name"]);
    }
  }
  return {
    inputs: found.size === 0 ? null : Object.fromEntries(found),
    written: (path) => writtenAt(origins, path),
    expanded: (path) => expandedFrom(origins, path),
  };
}

interface Tenant {
  readonly name: string;
  readonly keys: Readonly<Record<string, unknown>>;
  readonly index: number;
}

function tenantsOf(list: unknown, path: Path, report: Report): readonly Tenant[] {
  if (!Array.isArray(list) || list.length === 0) {
    const is = Array.isArray(list) ? "an empty list" : kindOf(list);
    report("error", path, `found ${is}, expected a list of tenants, each with name, id and tenant_id`);
    return [];
  }
  return list.flatMap((item: unknown, index): Tenant[] => {
    const at = [...path, index];
    if (!isRecord(item)) {
      report("error", at, `found ${kindOf(item)}, expected a map with name, id and tenant_id`);
      return [];
    }
    const { name, ...keys } = item;
    if (typeof name === "string" && !isBlank(name)) return [{ name: name.trim(), keys, index }];
    const is = name === undefined || name === null || isBlank(name) ? "is missing" : `found ${kindOf(name)}`;
    report("error", [...at, "name"], `${is}; expected the name of the input, a text`);
    return [];
  });
}

function writtenAt(origins: ReadonlyMap<string, Origin>, path: Path): Path {
  const [first, name, key] = path;
  const origin = first === "inputs" ? origins.get(String(name)) : undefined;
  if (origin === undefined) return path;
  const isShared = key !== undefined && origin.shared.has(String(key));
  const block = ["inputs", origin.block];
  return [...block, ...(isShared ? [] : ["tenants", origin.index]), ...path.slice(2)];
}

function expandedFrom(origins: ReadonlyMap<string, Origin>, path: Path): readonly Path[] {
  const [first, block, key] = path;
  if (first !== "inputs") return [path];
  const isOwn = key === "tenants";
  const index = isOwn ? path[3] : undefined;
  const rest = path.slice(isOwn ? 4 : 2);
  const names = [...origins].filter(([, origin]) =>
    origin.block === block && (isOwn ? origin.index === index : origin.shared.has(String(key)))
  );
  return [path, ...names.map(([name]) => ["inputs", name, ...rest])];
}

/** Tells what is said of one place in the same words once: a shared key is judged for each tenant. */
export function saidOnce(report: Report, written: ExpandedInputs["written"]): Report {
  const said = new Set<string>();
  return (severity, path, message, details) => {
    const place = written(path);
    if (place !== path) {
      const key = JSON.stringify([keyOf(place), message]);
      if (said.has(key)) return;
      said.add(key);
    }
    report(severity, place, message, details);
  };
}
