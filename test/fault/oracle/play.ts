/** Plays a plan: real processes against an emulated Graph, ended one after the other, and one that reads to the end. */
import { Buffer } from "node:buffer";
import { join } from "node:path";
import process from "node:process";
import { addSeconds, fromMillis } from "../../../src/instant.ts";
import { openState } from "../../../src/state/state.ts";
import { hostLocker } from "../../support/stateLocker.ts";
import { type Running, start } from "../../support/program.ts";
import { contoso, openSite, type Site } from "../../support/site.ts";
import { spoolText } from "../../support/spoolModel.ts";
import { createBook, type Delivered, judge, type Verdict } from "./judge.ts";
import { PAGE, type Scene } from "./moments.ts";
import { deliveredIn } from "./output.ts";
import { answerSize, changes, collectionOf, isTimed, type LifePlan, type Plan } from "./plan.ts";

/** How a life ended. */
export interface LifeReport {
  readonly moment: string;
  /** False when the process was done before its moment came. */
  readonly reached: boolean;
  /** Whether what it had in flight may come again. */
  readonly violent: boolean;
  readonly code: number | null;
  readonly stderr: string;
}

export interface PlayReport extends Verdict {
  readonly lives: readonly LifeReport[];
  /** Records that may come again after a life that was ended by force, by the promise of the sink. */
  readonly mayRepeat: number;
  readonly wanted: number;
}

const MOST_PULLS = 8;
/** How late records come: within what a re-read of this hour looks at, wherever its cells begin. */
const LATE_SECONDS = { least: 2760, most: 3200 };

/** @throws when a process fails that nothing ended, or reading does not come to an end */
export async function play(plan: Plan): Promise<PlayReport> {
  const book = createBook();
  const site = await openSite({ seed: plan.seed, gzip: plan.gzip, onServed: book.add });
  fill(site, plan);
  const folder = join(site.folder, "spool");
  const spool = plan.sink === "file" ? join(folder, "events.ndjson") : null;
  const to = spool === null ? [] : ["--to", `file:${spool}`, "--rotate-bytes", "200000"];
  const form = ["--format", plan.format, "--hostname", "host"];
  const words = ["-c", site.write([contoso(...plan.services)]), ...form, ...to];
  const outputs: Buffer[] = [];
  const lives: LifeReport[] = [];
  for (const [index, life] of plan.lives.entries()) {
    if (index > 0) meanwhile(site, plan);
    if (life.moment.needsPast) makeRereadsDue(site, plan);
    const { report, stdout } = await live(life, words, site, plan, spool);
    lives.push(report);
    outputs.push(stdout);
  }
  meanwhile(site, plan);
  outputs.push(...await readToTheEnd(words, site, plan, spool));
  const delivered: Delivered[] = spool === null
    ? outputs.flatMap((output, life) => deliveredIn(output, plan.format, life))
    : deliveredIn(Buffer.from(spoolText(spool), "latin1"), plan.format, 0);
  const wanted = plan.services.flatMap((service) =>
    site.records(service).map((record) => ({ record, collection: collectionOf(service) }))
  );
  return {
    ...judge(book, wanted, delivered),
    lives,
    mayRepeat: spool === null ? plan.services.reduce((sum, service) => sum + answerSize(service), 0) : 0,
    wanted: wanted.length,
  };
}

/** Five pages in the last hour and before it, of every service. */
function fill(site: Site, { services }: Plan): void {
  const hour = (from: number, to: number) => ({
    from: addSeconds(site.start, from * 3600),
    to: addSeconds(site.start, to * 3600),
  });
  for (const service of services) {
    const collection = collectionOf(service);
    if (collection === "secureScores") site.emulator.produce(collection, 90, hour(0, 2.9));
    else if (!isTimed(service)) {
      site.emulator.produce(collection, 90);
    } else {
      site.emulator.produce(collection, 3 * PAGE, hour(2.1, 2.9));
      site.emulator.produce(collection, 2 * PAGE, hour(0.1, 1.9));
    }
    site.emulator.faults.add({
      match: { collection, times: "always" },
      do: { kind: "shortPage", records: PAGE },
    });
  }
}

/** What happens at Graph between two lives: new records, late ones, changes. */
function meanwhile(site: Site, { services, random }: Plan): void {
  const now = fromMillis(Date.now());
  for (const service of services) {
    const collection = collectionOf(service);
    if (isTimed(service)) {
      site.emulator.produce(collection, random.int(0, 30), {
        from: addSeconds(now, -50),
        to: addSeconds(now, -1),
      });
      site.emulator.produce(collection, random.int(0, 30), {
        from: addSeconds(now, -LATE_SECONDS.most),
        to: addSeconds(now, -LATE_SECONDS.least),
      });
    }
    if (changes(service)) changeSome(site, service, random.int(0, 8), random.next());
  }
}

function changeSome(site: Site, service: string, count: number, share: number): void {
  const collection = collectionOf(service);
  const held = site.emulator.records(collection);
  for (let i = 0; i < count && held.length > 0; i++) {
    const record = held[Math.floor(share * held.length + i) % held.length]!;
    const { id } = JSON.parse(Buffer.from(record).toString("utf8")) as { id: string };
    site.emulator.update(collection, id);
  }
}

/** Puts the re-reads back, as if hours had passed since. */
function makeRereadsDue(site: Site, { services }: Plan): void {
  const state = openState(site.state, {
    locker: hostLocker(),
    pid: process.pid,
    now: Date.now,
    report: () => {},
  });
  for (const service of services) {
    const stream = state.stream({ inputId: "10001", service });
    const position = stream.loadPosition();
    if (position === null) continue;
    const rereads = position.rereads.map(() => ({ readTo: site.start, idle: 0 }));
    stream.commitInFile({ ...position, rereads, rereadCredit: 60 });
  }
  state.close();
}

async function live(life: LifePlan, words: readonly string[], site: Site, plan: Plan, spool: string | null) {
  const scene: Scene = {
    site,
    collection: collectionOf(life.service),
    stream: join(site.state, "10001", life.service),
    spool,
    random: plan.random,
  };
  const { moment } = life;
  const faults = life.faults.map((fault) => site.emulator.faults.add(fault));
  const holding = moment.fault && site.emulator.faults.add(moment.fault(scene));
  const running = start([life.command, ...words], { held: moment.held });
  const come = moment.come(scene, running, () => holding?.hits ?? 0).then(() => "come" as const);
  const done = until(() => life.command === "run" && polledOnce(running, plan), 30_000).then(() =>
    "done" as const
  );
  const reached = await Promise.race([come, done, running.exited.then(() => "gone" as const)]);
  if (reached !== "gone") end(running, moment.end ?? "SIGKILL");
  running.read();
  const code = await running.exited;
  if (moment.end !== "close") await running.ended;
  for (const fault of [holding, ...faults]) fault?.remove();
  const report: LifeReport = {
    moment: moment.name,
    reached: reached === "come",
    violent: reached !== "gone" && (moment.end === "close" || code === null) && moment.end !== "SIGTERM",
    code,
    stderr: running.stderr,
  };
  if (!codesOf(life, reached === "gone").includes(code)) {
    throw new Error(`A process ended with ${code}, ${moment.name} (${reached}): ${running.stderr}`);
  }
  return { report, stdout: running.stdout };
}

/** Exit codes that are right; `null` is an end by the signal. */
function codesOf({ command, moment, faults }: LifePlan, wentByItself: boolean): readonly (number | null)[] {
  // Two refusals in a row end a poll, and a collection that is read whole has no smaller window.
  const failed = faults.length > 0 ? [1, 3] : [];
  if (moment.end === "close") return [4, 0, null, ...failed];
  if (wentByItself) return [0, ...failed];
  // In its first moments a process does not listen to signals yet.
  if (moment.end === "SIGTERM") return [0, null, ...failed];
  // A pull may be done in the moment in which it is killed.
  return command === "pull" ? [0, null, ...failed] : [null];
}

function end(running: Running, how: "SIGKILL" | "SIGTERM" | "close"): void {
  if (how !== "close") running.kill(how);
  else {
    running.closeStdout();
    // Who has nothing more to write does not notice: then it ends by a signal.
    setTimeout(() => {
      try {
        running.kill("SIGKILL");
      } catch {
        // It is gone.
      }
    }, 3000).unref?.();
  }
}

const polledOnce = (running: Running, { services }: Plan) =>
  (running.stderr.match(/"message":"pull (done|failed)/g) ?? []).length >= services.length;

async function until(condition: () => boolean, ms: number): Promise<void> {
  for (const since = Date.now(); !condition() && Date.now() - since < ms;) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Pulls until nothing comes any more. */
async function readToTheEnd(words: readonly string[], site: Site, plan: Plan, spool: string | null) {
  const outputs: Buffer[] = [];
  for (let pulls = 1; pulls <= MOST_PULLS; pulls++) {
    const before = spool === null ? 0 : spoolText(spool).length;
    const { code, stdout, stderr } = await start(["pull", ...words]).ended;
    if (code !== 0) throw new Error(`A pull that nothing disturbed ended with ${code}: ${stderr}`);
    outputs.push(stdout);
    const added = spool === null ? stdout.length : spoolText(spool).length - before;
    if (added === 0 && pulls > 1) return outputs;
    makeRereadsDue(site, plan);
  }
  throw new Error(
    `After ${MOST_PULLS} pulls of ${plan.services.join(", ")} there is still something to read`,
  );
}
