/** A state folder that is damaged, foreign, newer, or cannot be written: late rather than lost, never silently from now. */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, onTestFinished } from "vitest";
import { asGraphtapError, errorLine } from "../../src/errors.ts";
import { addSeconds, fromMillis } from "../../src/instant.ts";
import { poll } from "../../src/tap/poll.ts";
import { anHourAgo, expectAll, fillAudits, PAGE, tallied } from "../support/audits.ts";
import { eventLines, tally } from "../support/eventLines.ts";
import { faultTable, firstTrouble } from "../support/faultTable.ts";
import { lastWord } from "../support/lastWord.ts";
import { type Ended, programCommand, startCommand } from "../support/program.ts";
import { onDeno } from "../support/project.ts";
import { openRig, type Rig } from "../support/rig.ts";
import { contoso, openSite } from "../support/site.ts";
import { withoutChecksum } from "../support/state.ts";
import { tempFolder } from "../support/tempFolder.ts";

const signal = new AbortController().signal;
const record = faultTable();
let rig: Rig | undefined;
afterEach(() => {
  rig?.close();
  rig = undefined;
});

/** Delivers a hundred records, and gives the folder with the stream's state; the process that wrote it is gone. */
async function delivered(settings: object): Promise<string> {
  rig = openRig({ unevenPages: false });
  fillAudits(rig, 5 * PAGE);
  const stream = rig.stream("directory_audits", settings);
  await poll(stream, rig.engine, signal);
  return stream.state.dir;
}

/** A new process polls, as `run` does: until all is read. */
async function restarted(settings: object): Promise<void> {
  const stream = rig!.stream("directory_audits", settings);
  for (let polls = 0; polls < 3; polls++) expect((await poll(stream, rig!.engine, signal)).error).toBeNull();
}

const LAST_DAYS =
  'the stream has lost its position: the last 3 days are read again, and "graphtap replay" reads ' +
  "what is older; what the seen set still knows is not delivered again";

/** What was said of where the stream begins. */
const remarks = ({ log }: Rig) =>
  log.flatMap((line) => /the stream has lost its position: [^{]*not delivered again/.exec(line)?.[0] ?? []);

describe("a checkpoint", () => {
  it.each(
    [
      ["torn", (text: string) => text.slice(0, Math.floor(text.length / 2))],
      ["cut to nothing", () => ""],
      ["of zeros", (text: string) => "\0".repeat(text.length)],
      ["of something else", () => '{"name":"not a checkpoint"}'],
      ["with a wrong time", (text: string) => text.replace(/"read_to": "[^"]*"/, '"read_to": "soon"')],
    ] as const,
  )(
    "%s is set aside and reported; the stream goes on from its start and its seen set",
    async (name, damage) => {
      rig = openRig();
      const settings = anHourAgo(rig);
      rig.close();
      const dir = await delivered(settings);
      const path = join(dir, "checkpoint.json");
      writeFileSync(path, damage(readFileSync(path, "utf8")));
      rig!.emulator.produce("directoryAudits", 5);
      await restarted(settings);
      expect(readdirSync(dir).some((file) => file.startsWith("checkpoint.json.corrupt-"))).toBe(true);
      expect(rig!.log.join("")).toMatch(/is damaged .*kept as/);
      expect(remarks(rig!)).toEqual([
        "the stream has lost its position: the stream is read again from its configured start; " +
        "what the seen set still knows is not delivered again",
      ]);
      const repeated = expectAll(rig!);
      expect(repeated).toBe(0);
      record({
        fault: `state: a checkpoint ${name}`,
        ...tallied(rig!),
        said: rig!.log.find((line) => line.includes("damaged")) ?? "",
      });
    },
  );

  it("that is torn, of a stream without a start, does not begin now: what came meanwhile is delivered", async () => {
    const own = rig = openRig({ unevenPages: false });
    const stream = own.stream("directory_audits");
    await poll(stream, own.engine, signal);
    own.clock.advance(300_000);
    own.emulator.produce("directoryAudits", 20, { from: addSeconds(fromMillis(own.clock.now()), -200) });
    expect((await poll(stream, own.engine, signal)).sent).toBe(20);
    writeFileSync(join(stream.state.dir, "checkpoint.json"), "{");
    own.clock.advance(2 * 3_600_000);
    own.emulator.produce("directoryAudits", 30, { from: addSeconds(fromMillis(own.clock.now()), -7000) });
    await restarted({});
    expect(expectAll(own)).toBe(0);
    expect(remarks(own)).toEqual([LAST_DAYS]);
    record({
      fault: "state: a checkpoint torn, without a start",
      ...tallied(own),
      said: own.log.find((line) => line.includes("damaged")) ?? "",
    });
  });

  it("that is torn before the stream delivered anything does not let it begin now either, by whom it is found", async () => {
    const own = rig = openRig();
    const stream = own.stream("directory_audits");
    await poll(stream, own.engine, signal);
    writeFileSync(join(stream.state.dir, "checkpoint.json"), "{");
    // Another process found it first, and ended without a poll.
    expect(own.stream("directory_audits").state.loadPosition()).toBeNull();
    own.clock.advance(2 * 3_600_000);
    own.emulator.produce("directoryAudits", 30, { from: addSeconds(fromMillis(own.clock.now()), -7000) });
    await restarted({});
    expect(expectAll(own)).toBe(0);
    expect(remarks(own)).toEqual([LAST_DAYS]);
    record({
      fault: "state: a checkpoint torn, without a start",
      ...tallied(own),
      said: own.log.find((line) => line.includes("damaged")) ?? "",
    });
  });

  it.each(
    [
      [
        "of a newer version",
        (text: string) => text.replace('"persistence_version": 3', '"persistence_version": 4'),
      ],
      [
        "of another stream",
        (text: string) => text.replace('"service": "directory_audits"', '"service": "signIns"'),
      ],
    ] as const,
  )("%s ends the program with exit code 5, and stays as it is", async (name, change) => {
    rig = openRig();
    const settings = anHourAgo(rig);
    rig.close();
    const dir = await delivered(settings);
    const path = join(dir, "checkpoint.json");
    const before = withoutChecksum(readFileSync(path, "utf8"));
    writeFileSync(path, change(before));
    const stream = rig!.stream("directory_audits", settings);
    const refusal = await Promise.resolve().then(() => poll(stream, rig!.engine, signal)).then(
      () => expect.fail("it polled"),
      (error) => asGraphtapError(error),
    );
    expect({ code: refusal.code, exitCode: refusal.kind.exitCode }).toEqual({
      code: "state-unusable",
      exitCode: 5,
    });
    expect(readFileSync(path, "utf8")).toBe(change(before));
    writeFileSync(path, before);
    await restarted(settings);
    expect(expectAll(rig!)).toBe(0);
    record({ fault: `state: a checkpoint ${name}`, ...tallied(rig!), said: errorLine(refusal) });
  });
});

describe("the seen set", () => {
  // Of the file's length.
  it.each([0, 0.001, 0.01, 0.1, 0.3, 0.5, 0.77, 0.9, 0.99, 0.999])(
    "cut after %f of its file: nothing is lost",
    async (share) => {
      rig = openRig();
      const settings = anHourAgo(rig);
      rig.close();
      const dir = await delivered(settings);
      const folder = join(dir, "seen");
      for (const name of readdirSync(folder)) {
        const path = join(folder, name);
        truncateSync(path, Math.floor(statSync(path).size * share));
      }
      rig!.emulator.produce("directoryAudits", 5);
      await restarted(settings);
      expectAll(rig!);
      record({ fault: "state: a seen file cut anywhere", ...tallied(rig!), said: firstTrouble(rig!.log) });
    },
  );
});

/** Four pages of audits, and a process that pulls them, by way of another command. */
async function pulledBy(wrap: (words: readonly string[], state: string) => readonly string[]) {
  const site = await openSite();
  site.emulator.produce("directoryAudits", 200, {
    from: addSeconds(site.start, 2.1 * 3600),
    to: addSeconds(site.start, 2.9 * 3600),
  });
  site.emulator.faults.add({
    match: { collection: "directoryAudits", times: "always" },
    do: { kind: "shortPage", records: 50 },
  });
  const words = [...programCommand, "pull", "-c", site.write([contoso("directory_audits")])];
  const broken = await startCommand(wrap(words, site.state)).ended;
  const mended = await startCommand(words).ended;
  expect(mended.code, mended.stderr).toBe(0);
  const records = [broken, mended].flatMap(({ stdout }) => eventLines(stdout)).map(({ record }) => record);
  const { missing, foreign } = tally(site.records("directory_audits"), records);
  return {
    broken,
    lost: missing.length + foreign.length,
    duplicated: records.length - new Set(records).size,
  };
}

function expectStopped({ code, stderr }: Ended, said: RegExp): string {
  expect(code, stderr).toBe(5);
  expect(stderr).not.toMatch(/^\s+at /m);
  const last = lastWord(stderr);
  expect(last.code).toBe("state-unusable");
  expect(last.said).toMatch(said);
  return last.said;
}

describe("a state that cannot be written stops the reading", () => {
  // Files may have so many KiB; Deno meets the limit first, in caches of its own.
  it.skipIf(onDeno).each([1, 2, 3])("when a file may not grow beyond %i KiB: exit code 5", async (most) => {
    // An ignored signal stays ignored in the program: the write then fails instead.
    const limited = `trap '' XFSZ; ulimit -f ${most}; exec "$@"`;
    const { broken, lost, duplicated } = await pulledBy((words) => ["bash", "-c", limited, "bash", ...words]);
    const said = expectStopped(broken, /^ended: .*EFBIG/);
    expect({ lost, atMostAPage: duplicated <= 50 }).toEqual({ lost: 0, atMostAPage: true });
    record({ fault: "state: a file may not grow (EFBIG)", lost, duplicated, said });
  });

  const strace = spawnSync("strace", ["-e", "inject=fsync:error=EIO", "true"]).status === 0;
  it.skipIf(!strace || onDeno).each([1, 2, 3, 5])(
    "when the disk reports an error, at fsync number %i: exit code 5",
    async (nth) => {
      const inject = `inject=fsync,fdatasync:error=EIO:when=${nth}+`;
      const { broken, lost, duplicated } = await pulledBy((words) => [
        "strace",
        "-f",
        "-qq",
        "-o",
        "/dev/null",
        "-e",
        "trace=fsync,fdatasync",
        "-e",
        inject,
        ...words,
      ]);
      const said = expectStopped(broken, /EIO; the disk reports an error/);
      expect({ lost, atMostAPage: duplicated <= 50 }).toEqual({ lost: 0, atMostAPage: true });
      record({ fault: "state: the disk reports an error (EIO)", lost, duplicated, said });
    },
  );

  it.for(
    [
      ["full", "size=16k", /ENOSPC; the volume is full/],
      ["read-only", "ro", /EROFS; the file system is read-only/],
    ] as const,
  )("on a volume that is %s: exit code 5", async ([name, option, said], context) => {
    const volume = tempFolder();
    const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", option, "tmpfs", volume]);
    if (status !== 0) return context.skip("a small volume needs the right to mount one");
    onTestFinished(() => void spawnSync("umount", ["-l", volume]));
    if (name === "full") writeFileSync(join(volume, "ballast"), new Uint8Array(8 * 1024));
    const state = ["--state", join(volume, "state")];
    const { broken, lost, duplicated } = await pulledBy((words) => [...words, ...state]);
    const line = expectStopped(broken, said);
    expect(lost).toBe(0);
    record({ fault: `state: a volume that is ${name}`, lost, duplicated, said: line });
  });
});
