/**
 * From the services of a configuration to sources: whom to ask, with which credentials, within which budgets.
 *
 * What sources share is made once for each value of the settings that decide it, and kept when another configuration is
 * read: a stream that comes or changes gets the token and the budgets that its neighbours have.
 */
import type { Config, InputConfig, RequestLimit, ServiceConfig } from "../config/config.ts";
import { GraphtapError } from "../errors.ts";
import type { TokenSource } from "../graph/auth/token.ts";
import { resolveCloud } from "../graph/clouds.ts";
import { createLimiter, type Limiter } from "../graph/limiter.ts";
import { createLimiters } from "../graph/limiters.ts";
import { createDurations } from "../graph/traffic.ts";
import type { Plugin, QuotaName } from "../plugin/plugin.ts";
import type { Registry } from "../plugin/registry.ts";
import type { Selection } from "../server/pull/select.ts";
import type { Stream } from "../tap/stream.ts";
import { applicationOf } from "./credentials.ts";
import { createInputShare, type InputShare, type SourceSurroundings } from "./inputShare.ts";
import { createKept } from "./kept.ts";
import { chooseServices, type ChosenInput } from "./selection.ts";
import { byValue } from "./settings.ts";

/** What a configuration enables and a command asks for. */
export interface Configured {
  readonly config: Config;
  readonly registry: Registry;
  /** Which of the enabled services are meant. @default all of them */
  readonly selection?: Selection;
}

/** A stream before it has a position: what is asked of whom, and within which budgets. */
export interface Source extends Omit<Stream, "state"> {
  /** Shared by the sources of an input, if they have the same addresses. */
  readonly tokens: TokenSource;
}

/** Makes sources, one configuration after the other. */
export interface Sources {
  /**
   * The sources of an input, those alone that are wanted.
   *
   * @param isWanted by the service's name
   */
  of(configured: Configured, chosen: ChosenInput, isWanted: (service: string) => boolean): Source[];
  /** Forgets what inputs shared that are not among these. */
  keep(inputs: ReadonlySet<string>): void;
}

/** The sources of a configuration that stays. */
export function buildSources(
  { config, registry, selection, ...surroundings }: Configured & SourceSurroundings,
): Source[] {
  const sources = createSources(surroundings);
  const configured = { config, registry, ...(selection && { selection }) };
  return chosenInputs(configured).flatMap((chosen) => sources.of(configured, chosen, () => true));
}

/** The inputs of a configuration, each with the services that are enabled and asked for. */
export function chosenInputs({ config, registry, selection }: Configured): ChosenInput[] {
  return chooseServices(config, registry, selection ?? { inputs: [], services: [] });
}

export function createSources(surroundings: SourceSurroundings): Sources {
  const { clock, memoryOf } = surroundings;
  const budgets = createLimiters(clock, memoryOf);
  const durations = createDurations();
  const ofAll = createKept<readonly Limiter[]>();
  const shares = new Map<string, InputShare>();

  return {
    of({ config: { globals }, registry }, chosen, isWanted) {
      const { input, services } = chosen;
      const share = shares.get(input.name) ?? createInputShare(input, surroundings);
      shares.set(input.name, share);
      const all = ofAll.of(
        byValue(globals.requestLimits),
        () => globals.requestLimits.map((limit) => createLimiter(limit, clock)),
      );
      const ofInput = share.limiters("", limitsOf(input));
      const counted = (budget: string, limiters: readonly Limiter[]) =>
        limiters.map((limiter) => share.traffic.limiting(budget, limiter));
      const sources = services.flatMap((service): Source[] => {
        // Also for a service that is not wanted: its stream goes on with them.
        const way = share.wayTo(resolveCloud(service.addresses ?? input), chosen);
        const own = share.limiters(service.name, service.requestLimits ?? []);
        if (!isWanted(service.name)) return [];
        const plugin = pluginOf(service, registry);
        const log = share.log.with({ service: service.name });
        if (plugin.notice !== undefined) log.warn(plugin.notice);
        return [{
          input,
          service,
          plugin,
          ...way,
          tagGeneration: globals.tagGeneration,
          // The narrowest first: a request that waits for its service's own budget must not hold the others' permits.
          limiters: [
            ...counted("service", own),
            ...counted("input", ofInput),
            ...counted("all", all),
            ...counted(plugin.quota, [
              budgets.of(applicationOf(input.credentials), plugin.quota, globals.quotas),
            ]),
          ],
          ...jobLimiterOf(
            plugin,
            (quota) => budgets.of(applicationOf(input.credentials), quota, globals.quotas),
          ),
          traffic: share.trafficOf(service.name, durations(service.name)),
          log,
        }];
      });
      share.tidy();
      return sources;
    },
    keep(inputs) {
      for (const name of shares.keys()) if (!inputs.has(name)) shares.delete(name);
    },
  };
}

/** Only who creates jobs draws on the budget of jobs. */
function jobLimiterOf(
  { cursor }: Plugin,
  limiterOf: (quota: QuotaName) => Limiter,
): Pick<Stream, "jobLimiter"> {
  return cursor.kind === "job" ? { jobLimiter: limiterOf(cursor.jobQuota) } : {};
}

function pluginOf(service: ServiceConfig, registry: Registry): Plugin {
  const plugin = registry.resolve(service.name);
  if (plugin !== null) return plugin;
  throw new GraphtapError("bug", `service "${service.name}" passed the check but is not known`);
}

/** `requests_per_second` and `requests_limits` of an input. */
function limitsOf({ requestsPerSecond, requestLimits }: InputConfig): RequestLimit[] {
  const perSecond = requestsPerSecond === null ? [] : [{ requests: 1, seconds: 1 / requestsPerSecond }];
  return [...perSecond, ...requestLimits];
}
