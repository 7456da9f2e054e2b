import type { BudgetTraffic, InputTraffic } from "../../graph/traffic.ts";
import type { Sample } from "../../telemetry/metrics.ts";
import type { ServedStream } from "../served.ts";

/** What was asked of Graph and of the login service, by input, budget and service. */
export function measureTraffic(streams: readonly ServedStream[]) {
  const inputs = [...new Map(streams.map(({ stream }) => [stream.input.name, stream.traffic.input]))];
  const services = [...new Map(streams.map((served) => [served.stream.service.name, served]))];
  return {
    graphtap_request_duration_seconds: services.map(([service, { stream }]) => ({
      labels: { service },
      value: stream.traffic.durations,
    })),
    graphtap_records_late_age_seconds: services.map(([service, { lateAges }]) => ({
      labels: { service },
      value: lateAges,
    })),
    graphtap_tokens_total: inputs.map(([input, { tokens }]) => ({ labels: { input }, value: tokens })),
    graphtap_token_failures_total: inputs.map(([input, { tokenFailures }]) => ({
      labels: { input },
      value: tokenFailures,
    })),
    graphtap_credential_expiry_timestamp_seconds: expiries(streams),
    graphtap_budget_used_ratio: budgets(inputs, ({ limiters }) => [
      { labels: {}, value: Math.max(0, ...limiters.map((limiter) => limiter.used())) },
    ]),
    graphtap_permits_total: budgets(
      inputs,
      ({ permits }) => [...permits].map(([priority, { given }]) => ({ labels: { priority }, value: given })),
    ),
    graphtap_permit_wait_seconds_total: budgets(
      inputs,
      ({ permits }) =>
        [...permits].map(([priority, { waitedMs }]) => ({ labels: { priority }, value: waitedMs / 1000 })),
    ),
  };
}

/** One for each input, whose streams share it. */
function expiries(streams: readonly ServedStream[]): Sample[] {
  const ends = new Map(
    streams.flatMap(({ stream: { input, expiry } }) =>
      expiry.endsMs === null
        ? []
        : [[input.name, { kind: input.credentials.kind, value: expiry.endsMs / 1000 }]]
    ),
  );
  return [...ends].map(([input, { kind, value }]) => ({ labels: { input, credential: kind }, value }));
}

function budgets(
  inputs: readonly (readonly [string, InputTraffic])[],
  pick: (traffic: BudgetTraffic) => Sample[],
): Sample[] {
  return inputs.flatMap(([input, traffic]) =>
    [...traffic.budgets].flatMap(([budget, one]) =>
      pick(one).map(({ labels, value }) => ({ labels: { input, budget, ...labels }, value }))
    )
  );
}
