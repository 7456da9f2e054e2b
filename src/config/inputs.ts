/** `inputs`: the keys of each one, what they mean, and what must hold among them. */
import * as z from "zod";
import { addressesOf, type Settings, settingsOf } from "./addresses.ts";
import {
  checkBlock,
  type CheckContext,
  type CheckedBlock,
  isBlank,
  isRecord,
  isSwitchedOff,
  unheard,
} from "./check.ts";
import { type CollectorVersion, collectorVersionOf } from "./collectorVersion.ts";
import type { Globals, InputConfig, ReadOptions } from "./config.ts";
import {
  credentialBlock,
  credentialsOf,
  credentialsSchema,
  type InputCredentials,
  isGiven,
  type SharedCredentials,
  tenantField,
} from "./credentials/credentials.ts";
import { flag, identifier, key, positive, text } from "./field.ts";
import { type InputSetting, isGccHigh, type Lifted } from "./legacy.ts";
import type { RuleReaders } from "./obfuscation.ts";
import type { Path } from "./document/places.ts";
import { keyOf, kindOf, type Report } from "./document/problems.ts";
import { requestLimitsOf, requestLimitsSchema } from "./requestLimits.ts";
import { serviceConfig } from "./service.ts";
import { textByYaml11 } from "./document/yaml11.ts";
import { type CheckedServices, checkServices } from "./services.ts";
import type { Steps } from "./steps.ts";

/** An input. Its services are read apart, as their names come from the plugins. */
export const inputSchema = z.strictObject({
  id: key(identifier(), "Part of the state's address: no two inputs share one.", { examples: ["10001"] }),
  enabled: key(flag().default(true), "Whether the input is pulled."),
  tenant_id: tenantField("For an input whose credentials are in globals or in Azure's variables."),
  credentials: key(credentialsSchema.optional(), "The application that reads the tenant.", {
    missing: ["InputConfigurationError", 3],
    wrong: ["InputConfigurationError", 4],
  }),
  environment: key(text().optional(), "Added to each record as @devo_environment.", { examples: ["prod"] }),
  override_top_level_domain: key(
    z.enum(["com", "us"], {
      error: ({ input }) =>
        typeof input === "string" && isGccHigh(input) ? '"us", which is GCC High' : '"com" or "us"',
    }).default("com"),
    "The cloud: us for GCC High, com for all others.",
  ),
  override_base_url: key(text("an https address").optional(), "Address of Graph.", {
    examples: ["https://graph.microsoft.com"],
  }),
  override_login_url: key(text("an https address").optional(), "Address of the login service.", {
    examples: ["https://login.microsoftonline.com"],
  }),
  override_scope_value: key(text().optional(), "Scope of the token; {base URL}/.default when it is absent."),
  override_scope: key(text().optional(), "Another spelling of override_scope_value."),
  requests_per_second: key(positive().optional(), "A cap beside Microsoft's limits.", {
    unit: "requests per second",
  }),
  request_per_second: key(positive().optional(), "Another spelling of requests_per_second.", {
    unit: "requests per second",
  }),
  requests_limits: key(
    requestLimitsSchema.optional(),
    "Caps over all services of the input, beside Microsoft's limits.",
    {
      examples: [[{ period: "10s", number_of_requests: 5 }]],
    },
  ),
  autoconfig: key(z.unknown().optional(), "Of the old collector; accepted, without effect.", { idle: true }),
  services: key(z.unknown().optional(), "What to pull."),
});

/** An input whose keys were checked, one by one. */
export interface CheckedInput {
  readonly name: string;
  readonly path: Path;
  /** As it stands in the file; `null` where that is no block. */
  readonly written: Readonly<Record<string, unknown>> | null;
  readonly block: CheckedBlock<typeof inputSchema.shape>;
  readonly services: CheckedServices;
  /** The id as YAML 1.1 has it, where that is another. */
  readonly oldId: string | null;
  /** `null` where there is no block. */
  readonly version: CollectorVersion | null;
  /** Whether it says `enabled: false`: none of its problems is told. */
  readonly isOff: boolean;
}

/**
 * Checks all inputs, one a step.
 *
 * @param generation `tag_generation` as the file has it.
 */
export function* checkInputs(
  context: CheckContext,
  block: unknown,
  generation: string | null,
): Steps<readonly CheckedInput[] | null> {
  const { report } = context;
  const path = ["inputs"];
  const blocks = isRecord(block) ? block : null;
  if (block === undefined || block === null || isEmpty(blocks)) {
    const message = "is missing or empty; expected a block of inputs, each with id, credentials and services";
    report("error", path, message, { at: "key", collector: ["InputConfigurationError", 1] });
    return null;
  }
  if (blocks === null) {
    const message = `found ${kindOf(block)}, expected a map of inputs`;
    report("error", path, message, { collector: ["InputConfigurationError", 2] });
    return null;
  }
  const entries = Object.entries(blocks);
  const mayBeEmpty = entries.some(([, value]) => !isSwitchedOff(value) && namesServices(value));
  const inputs: CheckedInput[] = [];
  for (const [name, value] of entries) {
    const isOff = isSwitchedOff(value);
    const heard = isOff ? unheard(context) : context;
    inputs.push({ ...checkInput(heard, name, value, generation, mayBeEmpty), isOff });
    yield;
  }
  reportSharedIds(inputs.filter(({ isOff }) => !isOff), report);
  return inputs;
}

function namesServices(input: unknown): boolean {
  return isRecord(input) && isRecord(input["services"]) && !isEmpty(input["services"]);
}

function checkInput(
  context: CheckContext,
  name: string,
  value: unknown,
  generation: string | null,
  mayBeEmpty: boolean,
): Omit<CheckedInput, "isOff"> {
  const path = ["inputs", name];
  const written = isRecord(value) ? value : null;
  const services = { named: [], isRight: false };
  if (value === null || isEmpty(written)) {
    const message = "is empty; expected id, credentials and services";
    context.report("error", path, message, { at: "key", collector: ["InputConfigurationError", 1] });
    const nothing = { values: {}, given: {}, parts: {}, whole: null };
    return { name, path, written: null, block: nothing, services, oldId: null, version: null };
  }
  const block = checkBlock(context, inputSchema, value, path, { wrong: ["InputConfigurationError", 2] });
  if (written === null) return { name, path, written, block, services, oldId: null, version: null };
  const version = collectorVersionOf(written, path, generation, context.report);
  return {
    name,
    path,
    written,
    block,
    oldId: oldIdOf(context, block.values.id, [...path, "id"]),
    services: checkServices(context, written["services"], [...path, "services"], version, mayBeEmpty),
    version,
  };
}

/** Unquoted, an id can be another one in YAML 1.1, by which the old collector named its positions. */
function oldIdOf({ plainAt, report }: CheckContext, id: string | undefined, path: Path): string | null {
  const plain = id === undefined ? null : plainAt(path);
  const old = plain === null ? null : textByYaml11(plain);
  if (id === undefined || plain === null || old === null || old === id) return null;
  const message =
    `${plain} without quotes is ${JSON.stringify(id)} here, and was ${JSON.stringify(old)} to the old ` +
    `collector, whose positions are looked for under that; put what you mean in quotes`;
  report("warning", path, message);
  return old;
}

function isEmpty(block: Readonly<Record<string, unknown>> | null): boolean {
  return block !== null && Object.keys(block).length === 0;
}

/** The id is part of the state's address: two inputs with one would overwrite each other's positions. */
function reportSharedIds(inputs: readonly CheckedInput[], report: Report): void {
  const firsts = new Map<string, CheckedInput>();
  for (const input of inputs) {
    const { id } = input.block.values;
    if (id === undefined) continue;
    const first = firsts.get(id);
    if (first === undefined) {
      firsts.set(id, input);
      continue;
    }
    const message = `${keyOf(input.path)} and ${keyOf(first.path)} share the id ${JSON.stringify(id)}; ` +
      "give each its own";
    report("error", [...input.path, "id"], message);
  }
}

/** What an input is to do; `null` when something in it is wrong. All that can be judged is judged all the same. */
export function inputConfig(
  { name, path, written, block, services, oldId, version, isOff }: CheckedInput,
  { globals, shared }: { readonly globals: Globals; readonly shared: SharedCredentials | null },
  options: ReadOptions & RuleReaders,
  heard: Report,
): InputConfig | null {
  const unsaid: Report = () => {};
  const report = isOff ? unsaid : heard;
  const { values, whole } = block;
  const enabled = values.enabled ?? true;
  const serviceConfigs = services.named.map((service) =>
    serviceConfig(service, globals.serviceDefaults, options, service.isOff ? unsaid : report)
  );
  const own = written === null ? null : credentialsIn(written, path, block, shared, options, report);
  const authority = own?.authority ?? null;
  const addresses = addressesOf(
    {
      own: ownSettings({ path, block }),
      services: services.named.filter(({ isOff }) => !isOff),
      authority: authority === null ? null : { setting: "override_login_url", value: authority, path },
    },
    globals,
    report,
  );
  const right = serviceConfigs.flatMap((service, index) => {
    const others = addresses.ofServices.get(services.named[index]!);
    return service === null ? [] : [others === undefined ? service : { ...service, addresses: others }];
  });
  if (whole === null || own === null) return null;
  const isWrong = services.named.some((service, index) => !service.isOff && serviceConfigs[index] === null);
  if (!services.isRight || isWrong) return null;
  return {
    name,
    id: whole.id,
    ...(oldId === null ? {} : { oldId }),
    line: { version: version?.isOld ? "1.x" : "2.x", sign: version?.sign ?? null },
    enabled,
    credentials: own.credentials,
    environment: whole.environment ?? null,
    ...addresses.ofInput,
    requestsPerSecond: whole.requests_per_second ?? whole.request_per_second ?? null,
    requestLimits: requestLimitsOf(whole.requests_limits),
    services: right,
  };
}

/** Who reads the tenant, by the input's own keys and by what inputs share; `null` when that is not right. */
function credentialsIn(
  written: Readonly<Record<string, unknown>>,
  path: Path,
  { values, parts }: CheckedInput["block"],
  shared: SharedCredentials | null,
  readers: ReadOptions,
  report: Report,
): InputCredentials | null {
  const value = written["credentials"] ?? "";
  const block = credentialBlock(value, parts.credentials, [...path, "credentials"]);
  // What is no block was reported as that.
  if (block === null && !isBlank(value)) return null;
  const tenant = { value: values.tenant_id, isGiven: isGiven(written["tenant_id"]) };
  return credentialsOf({ path, block, tenant }, shared, readers, report);
}

/** What an input says of where its requests go. */
function ownSettings({ path, block: { given } }: Pick<CheckedInput, "path" | "block">): Settings {
  const lifted = (setting: InputSetting, key: keyof typeof given & string = setting): Lifted[] => {
    const value = given[key];
    return typeof value === "string" ? [{ setting, value, path: [...path, key] }] : [];
  };
  return settingsOf([
    ...lifted("override_base_url"),
    ...lifted("override_login_url"),
    ...lifted("override_top_level_domain"),
    ...lifted("override_scope_value", "override_scope"),
    ...lifted("override_scope_value"),
  ]);
}
