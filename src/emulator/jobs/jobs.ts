import type { Instant } from "../../instant.ts";
import type { JobOptions } from "../options.ts";
import type { Random } from "../random.ts";
import type { Row } from "../store.ts";

/** A search of the audit log. */
export interface AuditJob {
  readonly id: string;
  readonly displayName: string;
  readonly from: Instant;
  readonly to: Instant;
  /** What was asked for beside name and time, as it came. */
  readonly filters: Readonly<Record<string, unknown>>;
  /** Milliseconds since the epoch. */
  readonly createdMs: number;
  readonly outcome: ReturnType<NonNullable<JobOptions["outcome"]>>;
  /** What it found, once it is done; `null` until then. */
  found: readonly Row[] | null;
}

export type JobStatus = "notStarted" | "running" | "succeeded" | "failed" | "cancelled";

/** The searches of every tenant. */
export interface Jobs {
  /** `null` where as many are under way as may be. */
  create(
    tenantId: string,
    job: Pick<AuditJob, "displayName" | "from" | "to" | "filters">,
    nowMs: number,
  ): AuditJob | null;
  /** Those that Graph still keeps, the newest first. */
  list(tenantId: string, nowMs: number): readonly AuditJob[];
  statusOf(job: AuditJob, nowMs: number): JobStatus;
}

/** A search stays for 30 days. */
const KEPT_MS = 30 * 86_400_000;

/** No searches yet. */
export function createJobs(random: Random, options: JobOptions = {}): Jobs {
  const { seconds = 90, mostAtOnce = 50, outcome = () => "succeeded" as const } = options;
  const all = new Map<string, AuditJob[]>();
  let number = 0;

  function statusOf({ createdMs, outcome: end }: AuditJob, nowMs: number): JobStatus {
    const age = nowMs - createdMs;
    if (age < seconds * 250) return "notStarted";
    return age < seconds * 1000 || end === "hangs" ? "running" : end;
  }
  const list = (tenantId: string, nowMs: number) =>
    (all.get(tenantId) ?? []).filter(({ createdMs }) => nowMs - createdMs < KEPT_MS);
  return {
    create(tenantId, asked, nowMs) {
      const kept = list(tenantId, nowMs);
      const underWay = kept.filter((job) => ["notStarted", "running"].includes(statusOf(job, nowMs)));
      if (underWay.length >= mostAtOnce) return null;
      const end = outcome(++number, asked.from.seconds, asked.to.seconds);
      const job = { ...asked, id: random.guid(), createdMs: nowMs, outcome: end, found: null };
      all.set(tenantId, [job, ...kept]);
      return job;
    },
    list,
    statusOf,
  };
}
