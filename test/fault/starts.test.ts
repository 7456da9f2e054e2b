/** Starts that do not come to their end, and positions that cannot be: a stream begins once, and goes on from there. */
import { copyFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { ServiceConfig } from "../../src/config/config.ts";
import type { CollectionName } from "../../src/emulator/emulator.ts";
import { GraphtapError } from "../../src/errors.ts";
import type { HttpRequest, Transport } from "../../src/graph/transport.ts";
import { addSeconds, formatInstant, fromMillis } from "../../src/instant.ts";
import { holdCommits } from "../../src/server/pull/heldState.ts";
import { poll } from "../../src/tap/poll.ts";
import { anHourAgo, delivered, expectAllOnce, fillAudits, PAGE, shortPages } from "../support/audits.ts";
import { openRig, type Rig } from "../support/rig.ts";
import { withoutChecksum } from "../support/state.ts";

const signal = new AbortController().signal;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
let rig: Rig;
afterEach(() => rig.close());

/** What stands between the program and the services; `null` lets everything pass. */
type Obstacle =
  | ((request: HttpRequest, pass: Transport, stop: AbortController) => ReturnType<Transport>)
  | null;

/** A rig whose polls can be held up, each by a stop of its own. */
function openHeldUp() {
  const now: { obstacle: Obstacle; stop: AbortController } = { obstacle: null, stop: new AbortController() };
  rig = openRig({
    unevenPages: false,
    between: (request, pass) => now.obstacle === null ? pass(request) : now.obstacle(request, pass, now.stop),
  });
  return {
    /** A process of its own that polls once, and is stopped or killed by the obstacle, if at all. */
    async run(obstacle: Obstacle, settings: Partial<ServiceConfig> = {}, service = "directory_audits") {
      Object.assign(now, { obstacle, stop: new AbortController() });
      const stream = rig.stream(service, settings);
      const killed = new Promise<void>((resolve) => {
        now.stop.signal.addEventListener("abort", () => now.stop.signal.reason === KILL && resolve());
      });
      const polled = poll(stream, rig.engine, now.stop.signal === undefined ? signal : quiet(now.stop));
      await Promise.race([polled.then(() => {}, () => {}), killed]);
      return stream;
    },
  };
}

const KILL = "killed";
/** A kill tells nobody: only a stop reaches the poll. */
function quiet(stop: AbortController): AbortSignal {
  const told = new AbortController();
  stop.signal.addEventListener("abort", () => {
    if (stop.signal.reason !== KILL) told.abort(stop.signal.reason);
  });
  return told.signal;
}
const stopped = () => new GraphtapError("stopped", "by a signal");

/** Records of a collection, one a minute back from now. */
function arrive(
  count: number,
  collection: CollectionName = "directoryAudits",
  field = "activityDateTime",
): void {
  const now = fromMillis(rig.clock.now());
  for (let minute = 0; minute < count; minute++) {
    const time = formatInstant(addSeconds(now, -60 * minute - 1));
    rig.emulator.put(collection, `{"id":"${collection}-${time}","${field}":"${time}"}`);
  }
}

describe("a first start without a start time", () => {
  it.each<[string, Obstacle]>([
    ["is stopped while Graph does not answer", (request, pass, stop) => {
      if (request.method === "POST") return pass(request);
      stop.abort(stopped());
      return Promise.reject(stop.signal.reason);
    }],
    ["is stopped while the login service does not answer", (_request, _pass, stop) => {
      stop.abort(stopped());
      return Promise.reject(stop.signal.reason);
    }],
    ["is killed at its first request", (_request, _pass, stop) => {
      stop.abort(KILL);
      return new Promise(() => {});
    }],
    [
      "fails, as everything is down",
      () => Promise.reject(new GraphtapError("graph-unreachable", "Cannot read")),
    ],
  ])("that %s: the next one has all that came since", async (_, obstacle) => {
    const { run } = openHeldUp();
    for (let starts = 0; starts < 3; starts++) {
      await run(obstacle);
      rig.clock.advance(HOUR_MS);
      arrive(30);
    }
    await run(null);
    expectAllOnce(rig);
  });

  it("that a server's client breaks off begins where it began, too", async () => {
    rig = openRig();
    for (let pulls = 0; pulls < 3; pulls++) {
      const stream = rig.stream("directory_audits");
      const held = holdCommits(stream.state);
      await poll({ ...stream, state: held.state }, rig.engine, signal);
      held.rollback();
      rig.lines.splice(0);
      rig.clock.advance(HOUR_MS);
      arrive(30);
    }
    await poll(rig.stream("directory_audits"), rig.engine, signal);
    expectAllOnce(rig);
  });

  it.each([["seconds", 20_000], ["minutes", 20 * MINUTE_MS], ["hours", 5 * HOUR_MS], [
    "years",
    2000 * 24 * HOUR_MS,
  ]])(
    "by a host's clock that is %s ahead begins by Graph's",
    async (_, aheadMs) => {
      let skewMs = aheadMs as number;
      const graphs = { now: () => rig.clock.now() - skewMs, sleep: () => Promise.resolve() };
      rig = openRig({ unevenPages: false, clock: graphs });
      let made = 0;
      const put = () => {
        const time = formatInstant(addSeconds(fromMillis(graphs.now()), -1));
        rig.emulator.put("directoryAudits", `{"id":"r${made++}","activityDateTime":"${time}"}`);
      };
      await poll(rig.stream("directory_audits"), rig.engine, signal);
      for (let polls = 0; polls < 3; polls++) {
        rig.clock.advance(5000);
        put();
        await poll(rig.stream("directory_audits"), rig.engine, signal);
      }
      expectAllOnce(rig);
      expect(rig.log.filter((line) => line.includes("ahead of Graph's"))).toHaveLength(1);
      // The host's clock is set right.
      rig.clock.advance(-skewMs);
      skewMs = 0;
      rig.clock.advance(5000);
      put();
      await poll(rig.stream("directory_audits"), rig.engine, signal);
      expectAllOnce(rig);
    },
  );

  it("by a host's clock that was ahead and is right when Graph first answers loses nothing", async () => {
    const { run } = openHeldUp();
    rig.clock.advance(5 * HOUR_MS);
    await run((_request, _pass, stop) => {
      stop.abort(stopped());
      return Promise.reject(stop.signal.reason);
    });
    rig.clock.advance(-5 * HOUR_MS);
    rig.clock.advance(HOUR_MS);
    arrive(30);
    await run(null);
    expectAllOnce(rig);
  });

  it("asks once, and says nothing, where the clocks agree", async () => {
    rig = openRig();
    rig.clock.advance(900);
    await poll(rig.stream("directory_audits"), rig.engine, signal);
    expect(rig.sent).toHaveLength(1);
    expect(rig.log.filter((line) => line.includes(" warn "))).toEqual([]);
  });
});

describe("a first start that looks back", () => {
  it("begins so many days ago, once", async () => {
    rig = openRig({ unevenPages: false });
    const now = fromMillis(rig.clock.now());
    rig.emulator.produce("directoryAudits", 40, { from: addSeconds(now, -2 * 86_400 + 60), to: now });
    const old = formatInstant(addSeconds(now, -2 * 86_400 - 3600));
    await poll(rig.stream("directory_audits", { lookbackDays: 2 }), rig.engine, signal);
    expectAllOnce(rig);
    rig.emulator.put("directoryAudits", `{"id":"older","activityDateTime":"${old}"}`);
    for (let polls = 0; polls < 3; polls++) {
      rig.clock.advance(HOUR_MS);
      await poll(rig.stream("directory_audits", { lookbackDays: 2 }), rig.engine, signal);
    }
    expect(delivered(rig)).toHaveLength(40);
  });
});

/** A stream without a start that has read for some minutes; the file of its position. */
async function begun(records: number): Promise<string> {
  rig = openRig({ unevenPages: false });
  const stream = rig.stream("directory_audits");
  await poll(stream, rig.engine, signal);
  rig.clock.advance(30 * MINUTE_MS);
  arrive(records);
  await poll(stream, rig.engine, signal);
  return join(stream.state.dir, "checkpoint.json");
}

async function pollOften(): Promise<void> {
  for (let polls = 0; polls < 3; polls++) {
    expect((await poll(rig.stream("directory_audits"), rig.engine, signal)).error).toBeNull();
    rig.clock.advance(MINUTE_MS);
  }
}

describe("a position", () => {
  it.each([20, 0])(
    "whose file is deleted after %i records does not begin now in silence",
    async (records) => {
      const path = await begun(records);
      rmSync(path);
      rig.clock.advance(2 * HOUR_MS);
      arrive(30);
      await pollOften();
      expectAllOnce(rig);
      expect(rig.log.join("")).toContain("the stream has lost its position: the last 3 days are read again");
    },
  );

  it.each([["began_at", 0], ["read_to", 1], ["sweeps", 0]] as const)(
    "from the future by %s is damage: nothing is lost",
    async (member, said) => {
      const path = await begun(20);
      const text = withoutChecksum(readFileSync(path, "utf8"));
      const later = (one: string) => one.replaceAll(/"20\d\d-/g, '"2126-');
      const part = new RegExp(member === "sweeps" ? /"sweeps": \[[^\]]*\]/ : `"${member}": "[^"]*"`);
      expect(text).toMatch(part);
      writeFileSync(path, text.replace(part, later));
      rig.clock.advance(2 * HOUR_MS);
      arrive(100);
      await pollOften();
      expectAllOnce(rig);
      expect(rig.log.filter((line) => line.includes("lies in the future"))).toHaveLength(said);
    },
  );

  it("that a start by a wrong clock left ahead of what was read, as 0.1 did, is mended", async () => {
    const path = await begun(20);
    const text = withoutChecksum(readFileSync(path, "utf8"));
    const ahead = formatInstant(fromMillis(rig.clock.now() + 90 * MINUTE_MS));
    writeFileSync(path, text.replace(/"began_at": "[^"]*"/, `"began_at": "${ahead}"`));
    rig.clock.advance(2 * HOUR_MS);
    arrive(100);
    await pollOften();
    expectAllOnce(rig);
  });

  it("that a wrong bit made another time of is damage, by its checksum", async () => {
    const path = await begun(20);
    const text = readFileSync(path, "utf8");
    const hour = /"read_to": "[^T]*T(\d\d)/.exec(text)!;
    const at = hour.index + hour[0].length - 1;
    const digit = String.fromCharCode(text.charCodeAt(at) ^ 1);
    writeFileSync(path, text.slice(0, at) + digit + text.slice(at + 1));
    rig.clock.advance(2 * HOUR_MS);
    arrive(100);
    await pollOften();
    expectAllOnce(rig);
    expect(rig.log.join("")).toMatch(/is damaged .*checksum/);
  });
});

/** Lets so many requests to Graph pass, and then ends the run. */
function stopAfter(requests: number, how: unknown = stopped()): Obstacle {
  let left = requests;
  return (request, pass, stop) => {
    if (request.method === "POST" || left-- > 0) return pass(request);
    stop.abort(how);
    return how === KILL ? new Promise(() => {}) : Promise.reject(how);
  };
}

describe("runs that end before their poll, over pages that bring nothing new", () => {
  it.each([
    ["older", stopped(), 2],
    ["older", KILL, 5],
    ["deleted", stopped(), 2],
    ["deleted", stopped(), 1],
    ["deleted", KILL, 5],
  ])("after a checkpoint that is %s (%s) come to the end all the same", async (which, how, pages) => {
    const { run } = openHeldUp();
    const settings = anHourAgo(rig);
    const stream = await run(stopAfter(0), settings);
    const path = join(stream.state.dir, "checkpoint.json");
    copyFileSync(path, `${path}.older`);
    fillAudits(rig, 16 * PAGE);
    await run(null, settings);
    expectAllOnce(rig);
    copyFileSync(`${path}.older`, path);
    if (which === "deleted") rmSync(path);
    arrive(1);
    let runs = 0;
    while (delivered(rig).length === 16 * PAGE && runs++ < 20) {
      await run(stopAfter(pages, how), settings);
      rig.clock.advance(MINUTE_MS);
    }
    expect(runs).toBeLessThan(20);
    await run(null, settings);
    expectAllOnce(rig);
  });

  it("come to the end also where Graph forgets its page links between them", async () => {
    const { run } = openHeldUp();
    const settings = anHourAgo(rig);
    fillAudits(rig, 8 * PAGE);
    for (let runs = 0; runs < 30; runs++) {
      await run(stopAfter(5), settings);
      rig.clock.advance(20 * MINUTE_MS);
    }
    await run(null, settings);
    expectAllOnce(rig);
    const done = rig.log.filter((line) => line.includes("backfill done"));
    expect(done.length).toBeGreaterThan(0);
  });

  it.each([["stopped", stopped()], ["killed", KILL]])(
    "come to the end also where no page link may be kept, when they are %s",
    async (_, how) => {
      const { run } = openHeldUp();
      const settings = anHourAgo(rig);
      const now = fromMillis(rig.clock.now());
      rig.emulator.produce("alerts_v2", 8 * PAGE, { from: addSeconds(now, -3000), to: addSeconds(now, -10) });
      shortPages(rig, "alerts_v2");
      let stream;
      for (let runs = 0; runs < 30; runs++) {
        stream = await run(stopAfter(5, how), settings, "alerts_v2");
        rig.clock.advance(MINUTE_MS);
      }
      expect(stream!.state.loadPosition()!.watermark!.seconds).toBeGreaterThan(now.seconds - 60);
    },
  );

  it.each([["stopped", stopped()], ["killed", KILL]])(
    "come to the end also where one type is asked for after the other, when they are %s",
    async (_, how) => {
      const { run } = openHeldUp();
      const settings = anHourAgo(rig);
      const now = fromMillis(rig.clock.now());
      const range = { from: addSeconds(now, -3000), to: addSeconds(now, -10) };
      rig.emulator.produce("signIns_v2", 16 * PAGE, range);
      shortPages(rig, "signIns_v2");
      const filterOf = ({ url }: HttpRequest) => new URL(url).searchParams.get("$filter") ?? "";
      const refuse = () =>
        Promise.resolve({
          status: 400,
          header: () => null,
          body: new Blob(['{"error":{"code":"BadRequest"}}']).stream(),
        });
      let stream;
      for (let runs = 0; runs < 40; runs++) {
        const later = stopAfter(6, how);
        const picky: Obstacle = (request, ...rest) =>
          request.method === "GET" && / or | ne /.test(filterOf(request))
            ? refuse()
            : later!(request, ...rest);
        stream = await run(picky, settings, "signIns_v2");
        rig.clock.advance(MINUTE_MS);
      }
      expect(stream!.state.loadPosition()!.watermark!.seconds).toBeGreaterThan(now.seconds - 60);
    },
  );

  it("come to the end also where Graph thinks longer about a wide window than they last", async () => {
    const { run } = openHeldUp();
    const settings = anHourAgo(rig);
    fillAudits(rig, 2 * PAGE);
    for (let runs = 0; runs < 12; runs++) {
      await run((request, pass, stop) => {
        const times = new URL(request.url).searchParams.get("$filter")?.match(/20[-\dT:.]+Z/g) ?? [];
        const [from = 0, to = 0] = times.map((time) => Date.parse(time));
        if (to - from <= 15 * MINUTE_MS) return pass(request);
        stop.abort(stopped());
        return Promise.reject(stop.signal.reason);
      }, settings);
      rig.clock.advance(MINUTE_MS);
    }
    expectAllOnce(rig);
  });
});
