/**
 * What the real Fluent Bit loses and repeats, way by way and fault by fault: the table in `fluent-bit/README.md` is what
 * this prints at its end.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { join } from "node:path";
import type { SecureVersion } from "node:tls";
import { afterAll, describe, expect, it } from "vitest";
import type { WayIn } from "../../src/shipper/settings.ts";
import { createAuthority, writeDomain } from "../support/certificates.ts";
import { type DevoReceiver, startDevoReceiver } from "../support/devoReceiver.ts";
import {
  fluentBit,
  killHard,
  type Pipeline,
  planPipeline,
  settled,
  stopBoth,
  whyNoFluentBit,
} from "../support/forwarderFluentBit.ts";
import { arrivedAt, countAt, fillWithAudits, lostAndRepeated } from "../support/shipped.ts";
import { contoso, openSite, type Site } from "../support/site.ts";

if (whyNoFluentBit !== null) console.warn(`fluentBitFaults.test.ts is skipped: ${whyNoFluentBit}`);

const authority = createAuthority();
const SERVICE = "directory_audits";
const COUNT = 5000;
const WAYS = ["exec", "interval", "http", "file"] as const satisfies readonly WayIn[];

interface Stage {
  readonly via: WayIn;
  readonly site: Site;
  readonly pipeline: Pipeline;
  readonly receiver: DevoReceiver;
}

interface Fault {
  /** Ways by which lines may be lost; by the others none is. */
  readonly mayLose: readonly WayIn[];
  /** It strikes each time so great a part of the records has arrived, or when no more come. */
  readonly at: readonly number[];
  strike(stage: Stage): Promise<void>;
  /** The versions of TLS that are spoken. @default as rendered, up to 1.2 */
  readonly version?: SecureVersion;
  /** Whether the client certificate has expired when all is started. */
  readonly isExpired?: true;
}

/** Longer than a flush, which is each second. */
const STALL_MS = 3000;
const IN_MID_FLOW = [0.1, 0.35, 0.6];
/** A certificate that has expired is renewed after a while, and Fluent Bit started again. */
const renew = async ({ site, pipeline }: Stage) => {
  await sleep(15_000);
  writeDomain(join(site.folder, "certs"), authority, authority.issue("domain"));
  await stopBoth(pipeline);
  await pipeline.start();
};

const FAULTS: Readonly<Record<string, Fault>> = {
  "graphtap killed": {
    mayLose: [],
    at: IN_MID_FLOW,
    async strike({ via, pipeline }) {
      const { shipper } = pipeline;
      // A pull of an interval may just be over.
      await settled(() => pipeline.graphtapPid(), 3000, () => pipeline.graphtapPid() > 0);
      killHard(pipeline.graphtapPid());
      if (pipeline.apart) return pipeline.startGraphtap();
      if (via === "interval") return;
      await shipper.exited;
      await pipeline.startShipper();
    },
  },
  "Fluent Bit killed": {
    mayLose: ["exec", "interval"],
    at: IN_MID_FLOW,
    async strike({ pipeline }) {
      killHard(pipeline.shipper.pid);
      await pipeline.shipper.exited;
      // An orphan ends within the second in which it looks for its parent.
      await pipeline.startShipperAnyway();
    },
  },
  "both stopped": {
    mayLose: [],
    at: IN_MID_FLOW,
    async strike({ pipeline }) {
      await stopBoth(pipeline);
      await pipeline.start();
    },
  },
  "Fluent Bit stopped alone": {
    mayLose: ["exec", "interval"],
    at: [0.35],
    async strike({ pipeline }) {
      const { shipper } = pipeline;
      shipper.kill("SIGTERM");
      const patience = setTimeout(() => killHard(shipper.pid), 45_000);
      await shipper.exited;
      clearTimeout(patience);
      await pipeline.startShipperAnyway();
    },
  },
  "receiver closes in good order what is busy": {
    mayLose: WAYS,
    at: IN_MID_FLOW,
    async strike({ receiver }) {
      // Slower than the flow for a while, so that lines are on their way when it closes; it reads all that comes.
      receiver.stall();
      await sleep(STALL_MS);
      receiver.heal();
      await receiver.leave();
      await sleep(3000);
      await receiver.restart();
    },
  },
  "receiver not there for 5 s": {
    mayLose: [],
    at: [0],
    async strike({ pipeline, receiver }) {
      await stopBoth(pipeline);
      await receiver.crash();
      await pipeline.start();
      await sleep(5000);
      await receiver.restart();
    },
  },
  "receiver killed": {
    mayLose: WAYS,
    at: IN_MID_FLOW,
    async strike({ receiver }) {
      await receiver.crash();
      await sleep(500);
      await receiver.restart();
    },
  },
  "receiver stalled, then killed": {
    mayLose: WAYS,
    at: IN_MID_FLOW,
    async strike({ receiver }) {
      receiver.stall();
      await sleep(STALL_MS);
      await receiver.crash();
      receiver.heal();
      await receiver.restart();
    },
  },
  "certificate expired, TLS 1.2": { mayLose: [], at: [0], isExpired: true, strike: renew },
  "certificate expired, TLS 1.3": {
    mayLose: WAYS,
    at: [0],
    isExpired: true,
    version: "TLSv1.3",
    strike: renew,
  },
};

const figures = new Map<string, string>();

describe.skipIf(whyNoFluentBit !== null)(`faults on the way through Fluent Bit ${fluentBit.version}`, () => {
  afterAll(() => {
    const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
    const rows = Object.keys(FAULTS).map((fault) =>
      row([fault, ...WAYS.map((via) => figures.get(`${via}: ${fault}`) ?? "not run")])
    );
    const head = [row(["lost / repeated of 5,000", ...WAYS]), row(["---", ...WAYS.map(() => "---")])];
    console.log([...head, ...rows].join("\n"));
  });

  const cases = WAYS.flatMap((via) =>
    Object.entries(FAULTS).map(([name, fault]) => [via, name, fault] as const)
  );
  it.each(cases)(
    "via %s: %s",
    async (via, name, fault) => {
      const site = await openSite();
      fillWithAudits(site, COUNT);
      // Slowly, so that all three hops are at work when it happens.
      site.emulator.faults.add({ match: { times: "always" }, do: { kind: "shortPage", records: 100 } });
      site.emulator.faults.add({ match: { times: "always" }, do: { kind: "delay", ms: 60 } });
      const receiver = await startDevoReceiver({ authority, ...fault.version && { version: fault.version } });
      const expiry = new Date(Date.now() + 3000);
      const pipeline = await planPipeline({
        site,
        inputs: [{ ...contoso(), services: { [SERVICE]: {} } }],
        via,
        port: receiver.port,
        authority,
        identity: authority.issue("domain", fault.isExpired ? { to: expiry } : {}),
        shipperWords: fault.version === "TLSv1.3" ? ["--tls", "1.3"] : [],
        scaled: [
          ["scheduler.cap: 30", "scheduler.base: 1\n  scheduler.cap: 3"],
          // What was cut off is pulled again at once, not after its period.
          ...via === "interval"
            ? [["interval_sec: 60", "interval_sec: 1"], ["pull --due", "pull"]] as [string, string][]
            : [],
        ],
      });
      if (fault.isExpired) await sleep(expiry.getTime() + 1000 - Date.now());
      const arrived = () => countAt(receiver);
      await pipeline.start();
      for (const share of fault.at) {
        // Nothing comes after the last loss, perhaps; before the first strike something does, however busy this machine is.
        await settled(arrived, share === fault.at[0] ? 30_000 : 5000, () => arrived() >= COUNT * share);
        await fault.strike({ via, site, pipeline, receiver });
      }
      const isComplete = () => arrived() >= COUNT && new Set(arrivedAt(receiver)).size >= COUNT;
      await settled(arrived, 15_000, isComplete);
      await settled(arrived, 2500);
      const { lost, repeated } = lostAndRepeated(site.records(SERVICE), receiver);
      figures.set(`${via}: ${name}`, `${lost} / ${repeated}`);
      console.log(
        `via ${via}, ${name}, ${fault.at.length} times: ${lost} lost, ${repeated} repeated of ${COUNT}`,
      );
      expect(receiver.problems).toEqual([]);
      if (!fault.mayLose.includes(via)) expect(lost).toBe(0);
      await stopBoth(pipeline);
    },
    240_000,
  );
});
