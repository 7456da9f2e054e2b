/** `--input`, `--service`, `--shard` and `--state`: what every command that knows a configuration may be narrowed to. */
import { resolve } from "node:path";
import { isOfShard, MOST_SHARDS, parseShard, type Shard, shardOf, shardText } from "../config/shard.ts";
import type { Selection } from "../server/pull/select.ts";
import type { LoadedConfig } from "../wiring/configFile.ts";
import { canonical } from "../wiring/selection.ts";
import { type Given, usage } from "./options.ts";

/** What `--input` and `--service` ask for. Asking for what is not there is a mistake worth stopping for. @throws usage */
export function selectionOf(given: Given, { config, registry }: LoadedConfig): Selection {
  const [inputs, services] = [given.all("input"), given.all("service")];
  refuseStranger(given, "input", inputs, config.inputs.map(({ name }) => name), "the inputs");
  const shard = shardOption(given);
  refuseOthers(given, inputs, config.inputs, shard);
  const known = config.inputs
    .filter(({ enabled, name }) => enabled && (inputs.length === 0 || inputs.includes(name)))
    .flatMap((input) => input.services.map(({ name }) => name));
  refuseStranger(given, "service", canonical(services, registry), known, "the services of the inputs");
  return { inputs, services, shard };
}

/** What `--shard` says; `null` without it. @throws usage */
export function shardOption(given: Given): Shard | null {
  const text = given.text("shard");
  if (text === undefined) return null;
  const shard = parseShard(text);
  if (shard !== null) return shard;
  throw usage(
    given.command,
    `--shard is "${text}", expected I/N with I from 0 to N-1 and N up to ${MOST_SHARDS}, such as 0/4`,
  );
}

/** An input of another shard is a mistake, too: nothing would be done. */
function refuseOthers(
  { command }: Given,
  asked: readonly string[],
  inputs: readonly { readonly name: string; readonly id: string }[],
  shard: Shard | null,
): void {
  const other = inputs.find(({ name, id }) => asked.includes(name) && !isOfShard(id, shard));
  if (other === undefined || shard === null) return;
  const theirs = shardText({ ...shard, index: shardOf(other.id, shard.of) });
  throw usage(command, `--input "${other.name}" is of shard ${theirs}, not of ${shardText(shard)}`);
}

function refuseStranger(
  { command }: Given,
  option: "input" | "service",
  asked: readonly string[],
  known: readonly string[],
  where: string,
): void {
  const stranger = asked.find((name) => !known.includes(name));
  if (stranger === undefined) return;
  const names = [...new Set(known)].join(", ");
  throw usage(command, `--${option} "${stranger}" is not among ${where} of the configuration: ${names}`);
}

/** The folder for positions: what `--state` says, or else the configuration; absolute. */
export function stateDirOf(given: Given, { stateDir }: Pick<LoadedConfig, "stateDir">): string {
  const named = given.text("state");
  return named === undefined ? stateDir : resolve(named);
}
