/** Programs with something broken, one for each kind of break, and the alerts that must fire for it. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../../src/clock.ts";
import type { Fault } from "../../../src/emulator/faults.ts";
import { addSeconds, formatInstant, fromMillis, type Instant } from "../../../src/instant.ts";
import { changePosition } from "../../support/changePosition.ts";
import { run } from "../../support/program.ts";
import { serve, type Serving } from "../../support/serving.ts";
import { CONTOSO, contoso, openSite, type Site } from "../../support/site.ts";
import { openReceiver } from "../../unit/sink/receiver.ts";

/** A program and what is wrong with it. */
export interface Broken {
  /** What Prometheus calls it. */
  readonly instance: string;
  readonly alerts: readonly string[];
  /** Starts it at a port, and breaks it. */
  start(port: number): Promise<void>;
}

const ALWAYS = { times: "always" } as const;
/** It is asked again within seconds: pauses between requests are not shortened, as the lengths of the alerts are. */
const OFTEN = { kind: "status", status: 503, retryAfter: 1 } as const;
const DAY = 86_400;
/** Long enough for Prometheus to have seen that nothing was counted yet. */
const SEEN_MS = 4000;
const AUDITS = ["signIns", "directory_audits", "provisioning_audits"];
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const secondsAgo = (seconds: number) => addSeconds(fromMillis(Date.now()), -seconds);

function serveAt(port: number, config: string, ...words: string[]): Promise<Serving> {
  return serve(["-c", config, "--listen", `127.0.0.1:${port}`, ...words]);
}

/** Lets a collection's first answer come when Prometheus has seen the program. */
function delayFirst(site: Site, collection: string): void {
  site.emulator.faults.add({ match: { collection }, do: { kind: "delay", ms: SEEN_MS } });
}

/** So many re-reads have come to this moment. */
function rereadTo(time: Instant, count: number): object[] {
  return Array.from({ length: count }, () => ({ read_to: formatInstant(time), idle: 0 }));
}

/** Starts it over a Graph, or an Entra, that always does the same. */
function answering(collection: string, action: Fault["do"]): Broken["start"] {
  return async (port) => {
    const site = await openSite();
    site.emulator.faults.add({ match: { collection, ...ALWAYS }, do: action });
    await serveAt(port, site.write([contoso("signIns")]));
  };
}

/** All is well: records come, and go to standard output. */
export async function startHealthy(port: number): Promise<void> {
  const site = await openSite();
  for (const name of AUDITS) site.emulator.produce(name, 20, { from: site.start });
  await serveAt(port, site.write([contoso(...AUDITS, "secure_scores")]), "--shard", "0/1");
}

export const BROKEN: readonly Broken[] = [
  {
    instance: "stuck",
    alerts: [
      "GraphtapStreamStale",
      "GraphtapUnreadExpires",
      "GraphtapBackfillEndsTooLate",
      "GraphtapRereadsBehind",
      "GraphtapRequestsFailing",
    ],
    async start(port) {
      const site = await openSite();
      const config = site.write([contoso("signIns")]);
      await run(["pull", "-c", config]);
      changePosition(site, {
        last_success_ms: Date.now() - 3_600_000,
        backfill: [{ from: formatInstant(secondsAgo(30 * DAY)), to: formatInstant(secondsAgo(DAY)) }],
        backfill_ends_ms: Date.now() + 1e12,
        sweeps: rereadTo(secondsAgo(9 * DAY), 5),
      });
      site.emulator.faults.add({
        match: { collection: "signIns", ...ALWAYS },
        do: OFTEN,
      });
      await serveAt(port, config);
    },
  },
  {
    instance: "behind",
    alerts: ["GraphtapPositionStalled"],
    async start(port) {
      // This host's clock is an hour ahead of Graph's.
      const site = await openSite({ clock: { ...systemClock, now: () => Date.now() - 3_600_000 } });
      await serveAt(port, site.write([contoso("signIns")]));
    },
  },
  {
    instance: "gap",
    alerts: ["GraphtapGapOpen"],
    async start(port) {
      const site = await openSite();
      const from = addSeconds(site.start, 600);
      site.unreadable = { from, to: addSeconds(from, 3) };
      await serveAt(port, site.write([contoso("signIns")]));
    },
  },
  {
    instance: "long-stop",
    alerts: ["GraphtapRecordsLost"],
    async start(port) {
      const site = await openSite();
      const input = { ...contoso(), services: { signIns: { start_time_in_utc: undefined } } };
      const config = site.write([input]);
      await run(["pull", "-c", config]);
      const stopped = formatInstant(secondsAgo(40 * DAY));
      changePosition(site, { began_at: stopped, read_to: stopped, sweeps: [] });
      await serveAt(port, config);
    },
  },
  {
    instance: "forbidden",
    alerts: ["GraphtapPermissionLost"],
    start: answering("signIns", { kind: "status", status: 403, code: "Authorization_RequestDenied" }),
  },
  {
    instance: "expired",
    alerts: ["GraphtapCredentialsRefused"],
    start: answering("token", { kind: "tokenError", aadsts: 7000222 }),
  },
  {
    instance: "expiring",
    alerts: ["GraphtapCredentialExpires", "GraphtapCredentialExpiresSoon"],
    async start(port) {
      const { clientSecret: value, ...registered } = CONTOSO;
      // A token is had by then, also on a busy machine.
      const secrets = [{ value, endsAt: Date.now() + 45_000 }];
      // The second lets it see when its secret ends.
      const permissions = ["AuditLog.Read.All", "Application.Read.All"];
      const site = await openSite({ tenants: [{ ...registered, secrets, permissions }] });
      await serveAt(port, site.write([contoso("directory_audits")]));
    },
  },
  {
    instance: "tokenless",
    alerts: ["GraphtapTokensFailing"],
    start: answering("token", OFTEN),
  },
  {
    instance: "throttled",
    alerts: ["GraphtapThrottled"],
    async start(port) {
      const site = await openSite();
      site.emulator.faults.add({
        match: { path: "/v1.0/", ...ALWAYS },
        do: { kind: "status", status: 429, retryAfter: 1 },
      });
      await serveAt(port, site.write([contoso(...AUDITS, "alerts_v2", "secure_scores")]));
    },
  },
  {
    instance: "exhausted",
    alerts: ["GraphtapBudgetExhausted"],
    async start(port) {
      const site = await openSite();
      for (const name of AUDITS) site.emulator.produce(name, 60, { from: secondsAgo(1800) });
      site.emulator.faults.add({ match: ALWAYS, do: { kind: "shortPage", records: 1 } });
      const quotas = { reports: { requests: 1, seconds: 4 } };
      await serveAt(port, site.write([contoso(...AUDITS)], { quotas }));
    },
  },
  {
    instance: "stalled",
    alerts: ["GraphtapSinkStalled"],
    async start(port) {
      const site = await openSite();
      site.emulator.produce("signIns", 10, { from: site.start });
      const receiver = await openReceiver(() => "silent");
      await serveAt(port, site.write([contoso("signIns")]), "--to", receiver.url);
    },
  },
  {
    instance: "picky",
    alerts: ["GraphtapLinesSetAside"],
    async start(port) {
      const site = await openSite();
      site.emulator.produce("signIns", 10, { from: site.start });
      delayFirst(site, "signIns");
      const receiver = await openReceiver(() => 400);
      await serveAt(port, site.write([contoso("signIns")]), "--to", receiver.url);
    },
  },
  {
    instance: "full",
    alerts: ["GraphtapSpoolFilling"],
    async start(port) {
      const site = await openSite();
      site.emulator.produce("signIns", 100, { from: site.start });
      const config = site.write([contoso("signIns")]);
      const spool = join(site.folder, "spool");
      await run(["pull", "-c", config, "--to", `file:${join(spool, "events")}`]);
      const held = readdirSync(spool).filter((name) => !name.startsWith("."))
        .reduce((sum, name) => sum + readFileSync(join(spool, name)).length, 0);
      const limit = ["--max-spool-bytes", String(Math.round(held * 1.1))];
      await serveAt(port, config, "--to", `file:${join(spool, "events")}`, ...limit);
    },
  },
  {
    instance: "mistaken",
    alerts: ["GraphtapReloadFailed"],
    async start(port) {
      const site = await openSite();
      const config = site.write([contoso("signIns")]);
      const serving = await serveAt(port, config);
      writeFileSync(config, "inputs: 5\n");
      serving.kill("SIGHUP");
    },
  },
  {
    instance: "silent",
    alerts: ["GraphtapStreamSilent"],
    async start(port) {
      const site = await openSite();
      site.emulator.produce("signIns", 200, { from: site.start });
      delayFirst(site, "signIns");
      await serveAt(port, site.write([contoso("signIns")]));
    },
  },
  {
    instance: "late",
    alerts: ["GraphtapLateShareRising"],
    async start(port) {
      const site = await openSite();
      const config = site.write([{ ...contoso(), services: { signIns: { reread_after_seconds: [60] } } }]);
      site.emulator.produce("signIns", 50, { from: site.start });
      await run(["pull", "-c", config]);
      // The re-read of two hours ago is due, and paid for.
      changePosition(site, { sweeps: rereadTo(site.start, 1), sweep_credit: 60 });
      site.emulator.produce("signIns", 40, { from: site.start, to: secondsAgo(7200) });
      delayFirst(site, "signIns");
      await serveAt(port, config);
    },
  },
  {
    instance: "restless",
    alerts: ["GraphtapRestarting", "GraphtapDown"],
    async start(port) {
      const site = await openSite();
      const config = site.write([contoso("signIns")]);
      for (let starts = 0; starts < 8; starts++) {
        const serving = await serveAt(port, config);
        await pause(1200);
        serving.kill("SIGKILL");
        await serving.exited;
      }
    },
  },
];
