import { describe, expect, it } from "vitest";
import { metrics } from "../../../src/telemetry/metrics.ts";

const rows = Object.entries(metrics);

/** Each has its values from the configuration, from a table of this program, or from a status: none from a record. */
const LABELS = [
  "input",
  "service",
  "code",
  "status",
  "budget",
  "priority",
  "credential",
  "result",
  "version",
  "runtime",
  "shard",
];

describe("the table of metrics", () => {
  it.each(rows)("names %s by Prometheus' rules", (name, { type, labels, help }) => {
    expect(name).toMatch(/^(graphtap|process)(_[a-z0-9]+)+$/);
    expect(name.endsWith("_total")).toBe(type === "counter");
    // These endings are taken by the samples of a histogram.
    expect(name).not.toMatch(/_(bucket|sum|count)$/);
    expect(LABELS).toEqual(expect.arrayContaining([...labels]));
    expect(help).toMatch(/^[A-Z1].*[^.]\.$/);
  });

  it("keeps the names that scripts rely on", () => {
    expect(rows.map(([name]) => name)).toEqual(expect.arrayContaining([
      "graphtap_gaps",
      "graphtap_requests_total",
      "graphtap_request_errors_total",
      "graphtap_polls_total",
      "graphtap_poll_errors_total",
      "graphtap_records_sent_total",
      "graphtap_records_duplicate_total",
      "graphtap_records_late_total",
      "graphtap_records_late_by_seconds",
      "graphtap_last_success_timestamp_seconds",
      "graphtap_position_lag_seconds",
      "graphtap_oldest_unread_seconds",
      "graphtap_backfill_seconds",
      "graphtap_backfill_end_timestamp_seconds",
      "graphtap_reread_lag_seconds",
      "graphtap_newest_record_timestamp_seconds",
      "graphtap_event_listeners",
      "graphtap_batches_waiting",
      "graphtap_info",
    ]));
  });
});
