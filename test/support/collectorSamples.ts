/** The sample configurations of the collector's documentation, every placeholder filled. */
import type { TenantOptions } from "../../src/emulator/emulator.ts";

/** What stands in the place of the placeholders. */
export interface SampleValues {
  readonly url: string;
  readonly tenant: TenantOptions;
  /** RFC 3339. */
  readonly start: string;
}

/** In the order of the 1.7.1 sample, each with what it has beside the settings of all. */
const OLD_SERVICES: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  audit: {},
  provisioning: {},
  signIn: {},
  signIn_nonInteractive: {},
  signIn_servicePrincipal: {},
  signIn_managedIdentity: {},
  secure_score_control_profile: { tag_version: "v2" },
  alerts: { pull_sliding_window_timespan_period: 5 },
  secure_scores: { tag_version: "v2", pull_sliding_window_timespan_period: 5 },
  alerts_v2: {},
};

const AUDIT = ["directory_audits", "provisioning_audits", "signIns", "signIns_v2"];
const SECURITY = ["secure_score_control_profiles", "secure_scores", "alerts", "alerts_v2"];
/** The services of the samples, by their names in 2.x. */
export const SAMPLE_SERVICES: readonly string[] = [...AUDIT, ...SECURITY];

/** `inputs` of the 1.7.1 sample. */
export function sample171({ url, tenant, start }: SampleValues) {
  const common = {
    request_period_in_seconds: 60,
    reset_persistence_auth: "2026-11-01",
    start_time: start,
    override_time_delta_in_days: 2,
    ms_365_environment: "GCC",
    custom_endpoints: {
      override_base_url_main: url,
      override_base_url_vendor: `${url}/vendor`,
      override_base_url_vendor_with_sub_provider: `${url}/sub`,
      override_login_url: url,
      override_scope: `${url}/.default`,
    },
  };
  return {
    inputs: {
      microsoft_graph: {
        id: 10001,
        enabled: true,
        credentials: credentialsOf(tenant),
        services: Object.fromEntries(
          Object.entries(OLD_SERVICES).map(([name, own]) => [name, { ...own, ...common }]),
        ),
      },
    },
  };
}

/** `inputs` of the 2.0.0 sample. */
export function sample200(values: SampleValues) {
  return {
    inputs: {
      microsoft_graph_audit: input200(values, "10001", AUDIT, 300),
      microsoft_graph_security: input200(values, "10002", SECURITY, 300),
    },
  };
}

/** The cloud form: `global_overrides`, and texts where numbers are meant. */
export function cloudSample(values: SampleValues) {
  return {
    global_overrides: { debug: false },
    inputs: {
      microsoft_graph_audit: input200(values, "10001", AUDIT, "300"),
      microsoft_graph_security: input200(values, "10002", SECURITY, "300"),
    },
  };
}

function input200(
  { url, tenant, start }: SampleValues,
  id: string,
  services: readonly string[],
  period: number | string,
) {
  const timed = {
    start_time_in_utc: start,
    override_query_window_max_seconds: typeof period === "string" ? "86400" : 86_400,
  };
  return {
    id,
    enabled: true,
    credentials: credentialsOf(tenant),
    environment: "prod",
    override_top_level_domain: "com",
    override_base_url: url,
    override_login_url: url,
    override_scope_value: `${url}/.default`,
    services: Object.fromEntries(
      services.map((name) => [name, {
        request_period_in_seconds: period,
        ...(name === "secure_score_control_profiles" ? {} : timed),
      }]),
    ),
  };
}

function credentialsOf({ tenantId, clientId, clientSecret }: TenantOptions) {
  return { tenant_id: tenantId, client_id: clientId, client_secret: clientSecret };
}
