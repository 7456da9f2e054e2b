import { Buffer } from "node:buffer";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { closeSync, constants, openSync, readSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { programCommand } from "../../support/program.ts";
import { contoso, openSite } from "../../support/site.ts";

const KILLS = 6;
const RECORDS = 80;
const PIECE = Buffer.alloc(256 * 1024);

/** A pipe with a name, which stays when its writers go. */
function openPipe(path: string) {
  spawnSync("mkfifo", [path]);
  // Open for both, so that it never comes to its end.
  const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  onTestFinished(() => closeSync(fd));
  let text = "";
  return {
    /** Takes what there is. */
    drain() {
      for (;;) {
        try {
          text += PIECE.toString("latin1", 0, readSync(fd, PIECE, 0, PIECE.length, null));
        } catch {
          return;
        }
      }
    },
    get text() {
      return text;
    },
  };
}

const gone = (child: ChildProcess) =>
  new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));

describe("a pipe that outlives the process", () => {
  it(
    "brings every record in a whole line, however often a process is killed in the middle of one",
    async () => {
      const site = await openSite({ gzip: false });
      // More than a pipe holds, each time: the process stands in the middle of a line when nobody reads.
      // One long record a page: the half line is then of a record that no earlier process brought, in a page that counts
      // as soon as its line was written.
      for (let index = 0; index < RECORDS; index++) {
        const at = new Date((site.start.seconds + 7600 + index) * 1000).toISOString();
        site.emulator.put(
          "directoryAudits",
          `{"id":"record-${index}","activityDateTime":"${at}","fill":"${"x".repeat(20_000)}"}`,
        );
      }
      site.emulator.faults.add({
        match: { collection: "directoryAudits", times: "always" },
        do: { kind: "shortPage", records: 1 },
      });
      const config = site.write([contoso("directory_audits")]);
      const path = join(site.folder, "pipe");
      const pipe = openPipe(path);
      const pull = () => {
        const fd = openSync(path, "w");
        const [file = "", ...words] = [...programCommand, "pull", "-c", config];
        const env = { ...process.env, GRAPHTAP_LOG_LEVEL: "error" };
        const child = spawn(file, words, { stdio: ["ignore", fd, "inherit"], env });
        closeSync(fd);
        onTestFinished(() => void child.kill("SIGKILL"));
        return child;
      };
      for (let kill = 0; kill < KILLS; kill++) {
        const child = pull();
        const end = gone(child);
        // Some pages are read, so that they count; then nobody reads, and the process comes to stand within a line.
        for (const enough = pipe.text.length + 60_000; pipe.text.length < enough; await sleep(5)) {
          pipe.drain();
        }
        await sleep(250);
        child.kill("SIGKILL");
        await end;
        pipe.drain();
      }
      const last = pull();
      const end = gone(last);
      const reading = setInterval(pipe.drain, 5);
      const code = await end;
      clearInterval(reading);
      pipe.drain();
      expect(code).toBe(0);
      const lines = pipe.text.split("\n");
      expect(lines.pop(), "what follows the last line feed").toBe("");
      const ids = new Set<string>();
      let halves = 0;
      for (const line of lines) {
        try {
          ids.add((JSON.parse(line) as { id: string }).id);
        } catch {
          halves++;
        }
      }
      const wanted = site.records("directory_audits").map((record) =>
        (JSON.parse(record) as { id: string }).id
      );
      expect(wanted.filter((id) => !ids.has(id))).toEqual([]);
      expect(halves, "kills in the middle of a line").toBeGreaterThan(0);
      expect(halves).toBeLessThanOrEqual(KILLS);
    },
    60_000,
  );
});
