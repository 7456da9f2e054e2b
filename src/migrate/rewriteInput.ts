/** An input of the 1.x line as 2.x has it: two inputs, one of audits and one of security, each with its own id. */
import { isMap, type Pair, type YAMLMap } from "yaml";
import type { Registry } from "../plugin/registry.ts";
import { type LegacyKeys, liftLegacyKeys } from "../config/legacy.ts";
import { rewriteService, type Rewriting } from "./rewriteService.ts";
import { joinVariants, renameServices } from "./rewriteSignIns.ts";
import { blockOf, copyOf, nameOf, pairOf, renameKey, setKey, valueOf, writeOut } from "./yamlBlock.ts";

/** Spellings that both lines know. */
const SPELLINGS: Readonly<Record<string, string>> = {
  override_scope: "override_scope_value",
  request_per_second: "requests_per_second",
};

const AUDIT = "_audit";
const SECURITY = "_security";

/** Puts the names of 2.x in the place of others, in an input of either line. */
export function renameInInput(rewriting: Rewriting, input: Pair, registry: Registry): void {
  const block = blockOf(input)!;
  const key = `inputs.${nameOf(input)}`;
  for (const [other, name] of Object.entries(SPELLINGS)) {
    const pair = pairOf(block, other);
    if (pair === undefined || pairOf(block, name) !== undefined) continue;
    renameKey(pair, name);
    rewriting.note(`${key}.${other}`, `now ${name}`);
  }
  const services = pairOf(block, "services")?.value;
  if (isMap(services)) renameServices(rewriting, services, registry, `${key}.services`);
}

/** Rewrites what an input of 2.x has of 1.x. */
export function rewriteOldKeys(rewriting: Rewriting, input: Pair, registry: Registry): void {
  const block = blockOf(input)!;
  writeOut(rewriting.document, block);
  rewriteServices(rewriting, input, registry);
  renameInInput(rewriting, input, registry);
}

/** Rewrites a 1.x input; gives the inputs that take its place, in their order. */
export function rewriteInput(
  rewriting: Rewriting,
  input: Pair,
  registry: Registry,
  isTaken: (name: string) => boolean,
): Pair[] {
  const block = blockOf(input)!;
  writeOut(rewriting.document, block);
  const services = blockOf(pairOf(block, "services")!)!;
  // Each of them gets a period.
  for (const pair of services.items) blockOf(pair);
  rewriteServices(rewriting, input, registry);
  joinVariants(rewriting, services, registry, `inputs.${nameOf(input)}.services`);
  renameInInput(rewriting, input, registry);
  return split(rewriting, input, services, registry, isTaken);
}

/** Puts the services of an input in the words of 2.x, and what belongs to the input there. */
function rewriteServices(rewriting: Rewriting, input: Pair, registry: Registry): void {
  const { document } = rewriting;
  const block = blockOf(input)!;
  const key = `inputs.${nameOf(input)}`;
  const services = blockOf(pairOf(block, "services")!)!;
  const blocks = services.items.filter(({ value }) => isMap(value));
  const lifted = blocks.flatMap((pair) => liftLegacyKeys(blockOf(pair)!.toJS(document) as LegacyKeys, []));
  for (const pair of blocks) {
    const plugin = registry.resolve(nameOf(pair));
    if (plugin !== null) rewriteService(rewriting, blockOf(pair)!, plugin, `${key}.services.${nameOf(pair)}`);
  }
  for (const { setting, value } of lifted) {
    const plain = setting === "override_top_level_domain" && value === "com";
    if (plain || pairOf(block, setting) !== undefined) continue;
    block.items.splice(
      block.items.indexOf(pairOf(block, "services")!),
      0,
      document.createPair(setting, value),
    );
    const same = lifted.filter((one) => one.setting === setting && one.value === value);
    const remark = same.length === services.items.length
      ? "which its services had each"
      : "which held for a part of its services; split the input in two where it is not right for the others";
    rewriting.note(`${key}.${setting}`, `${value}, ${remark}`);
  }
}

function split(
  { document, note }: Rewriting,
  input: Pair,
  services: YAMLMap,
  registry: Registry,
  isTaken: (name: string) => boolean,
): Pair[] {
  const name = nameOf(input);
  const block = blockOf(input)!;
  const first = services.items[0];
  const audits = services.items.filter((pair) => isAudit(registry, pair));
  const others = services.items.filter((pair) => !isAudit(registry, pair));
  const free = (wanted: string): string => isTaken(wanted) ? free(`${wanted}_2`) : wanted;
  const auditName = free(`${name}${AUDIT}`);
  const securityName = free(`${name}${SECURITY}`);
  if (audits.length === 0 || others.length === 0) {
    const suffix = audits.length === 0 ? SECURITY : AUDIT;
    if (name.endsWith(suffix)) return [input];
    const only = free(`${name}${suffix}`);
    renameKey(input, only);
    note(`inputs.${name}`, `now ${only}, with the same id`);
    return [input];
  }
  const security = document.createPair(securityName, null) as Pair;
  const copy = copyOf(block);
  security.value = copy;
  services.items = audits;
  if (others[0] === first) services.commentBefore = null;
  const rest = pairOf(copy, "services")!.value as YAMLMap;
  rest.items = others;
  // The comment before the first of all services stays with that one.
  if (audits[0] === first) rest.commentBefore = null;
  const id = String(valueOf(document, block, "id"));
  setKey(document, copy, "id", `${id}${SECURITY}`);
  renameKey(input, auditName);
  note(
    `inputs.${name}`,
    `now ${auditName}, with the same id, and ${securityName}, with the id "${id}${SECURITY}"; ` +
      "the next start takes positions over to it",
  );
  for (const cap of ["requests_per_second", "requests_limits"]) {
    if (pairOf(block, cap) !== undefined) {
      note(`inputs.${name}.${cap}`, "now in both inputs: each keeps to it alone");
    }
  }
  return [input, security];
}

function isAudit(registry: Registry, pair: Pair): boolean {
  return registry.resolve(nameOf(pair))?.path.includes("/auditLogs/") ?? false;
}
