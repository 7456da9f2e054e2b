/** Programs that are started for real, and ended: any that is there will do. */
import type { Buffer } from "node:buffer";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { describe, expect, it, onTestFinished } from "vitest";
import { systemClock } from "../../src/clock.ts";
import { thisHost } from "../../src/files/host.ts";
import { endOrphan, recordShipper } from "../../src/shipper/running/orphan.ts";
import { startProgram } from "../../src/shipper/running/process.ts";
import { isAlive } from "../support/alive.ts";
import { tempFolder } from "../support/tempFolder.ts";

/** Starts a script; what it wrote, line by line, and how it came to its end. */
async function played(script: string) {
  const lines: string[] = [];
  const env = { PATH: process.env["PATH"]!, ONE: "1" };
  const { ended, release } = startProgram(["/bin/sh", "-c", script], env, (line) => void lines.push(line));
  release();
  return { end: await ended, lines };
}

describe("a program that is started", () => {
  it("is read line by line on both of its outputs, a last line without its end as well", async () => {
    const { end, lines } = await played(
      "echo one; printf 'two\\n\\nthr' >&2; sleep 0.1; printf ee >&2; exit 3",
    );
    expect(end).toBe("exit code 3");
    expect(lines.toSorted()).toEqual(["", "one", "three", "two"]);
  });

  it("is read to the end of a character that comes in two pieces", async () => {
    expect((await played("printf 'caf\\303'; sleep 0.1; printf '\\251\\n'")).lines).toEqual(["café"]);
  });

  it("has the beginning kept of a line without end, and is read on behind it", async () => {
    const { lines } = await played("head -c 3000000 /dev/zero | tr '\\0' x; echo; echo next");
    expect(lines.at(-1)).toBe("next");
    expect(lines[0]!.length).toBeLessThan(200_000);
  });

  it("gets no variable but those it is given", async () => {
    expect((await played('echo "[${VITEST-nothing of ours}$ONE]"')).lines).toEqual(["[nothing of ours1]"]);
  });

  it("has a process group of its own, so that Ctrl-C reaches graphtap alone", async () => {
    const { lines } = await played("ps -o pid=,pgid= -p $$");
    const [pid, group] = lines[0]!.trim().split(/\s+/);
    expect(group).toBe(pid);
  });

  it("is over when it has ended, even where somebody whom it started holds its outputs", async () => {
    const since = performance.now();
    expect((await played("sleep 20 & exit 0")).end).toBe("exit code 0");
    expect(performance.now() - since).toBeLessThan(10_000);
  });

  it("heeds signals", async () => {
    const program = startProgram(
      ["/bin/sh", "-c", "echo up; exec sleep 60"],
      {},
      () => program.signal("SIGTERM"),
    );
    program.release();
    expect(await program.ended).toBe("signal SIGTERM");
  });

  it("is heard after it was asked to end, and killed when it does not", async () => {
    const lines: string[] = [];
    const script = "trap 'echo not yet' TERM; echo up; while :; do sleep 0.02; done";
    const program = startProgram(["/bin/sh", "-c", script], {}, (line) => {
      lines.push(line);
      program.signal(line === "up" ? "SIGTERM" : "SIGKILL");
    });
    program.release();
    expect([await program.ended, lines]).toEqual(["signal SIGKILL", ["up", "not yet"]]);
  });

  it("that is not there says so", async () => {
    const { ended, release } = startProgram(["/no/such/program"], {}, () => {});
    release();
    expect(await ended).toBe("there is no such program");
  });

  it("ends soon after the process that started it was killed", async () => {
    const parent = await startedElsewhere(["sleep", "60"], "program.release();");
    parent.kill();
    await expect.poll(() => isAlive(parent.pid), { timeout: 10_000 }).toBe(false);
  });

  it("never runs when that process was killed before it was watched and noted", async () => {
    const trace = join(tempFolder(), "trace");
    const parent = await startedElsewhere(["/bin/sh", "-c", `echo ran > '${trace}'; sleep 60`], "");
    parent.kill();
    await expect.poll(() => isAlive(parent.pid), { timeout: 10_000 }).toBe(false);
    expect(existsSync(trace)).toBe(false);
  });
});

/** Starts a program in another process, which then does so much more. */
async function startedElsewhere(words: readonly string[], more: string) {
  const url = new URL("../../src/shipper/running/process.ts", import.meta.url).href;
  const code = `import { startProgram } from ${JSON.stringify(url)};
    const program = startProgram(${JSON.stringify(words)}, { PATH: process.env.PATH }, () => {});
    ${more} console.log(program.pid); setInterval(() => {}, 1000);`;
  const child = spawn("npx", ["tsx", "--input-type=module", "-e", code], {
    detached: true,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [said] = await once(child.stdout, "data") as [Buffer];
  return { pid: Number(String(said)), kill: () => void process.kill(-child.pid!, "SIGKILL") };
}

describe("one that an earlier start left running", () => {
  it.each([
    ["ends when it is asked to", "trap 'exit 7' TERM", [7, null]],
    ["is killed when it does not", "trap '' TERM", [null, "SIGKILL"]],
  ])("%s", { timeout: 30_000 }, async (_, trap, end) => {
    const folder = tempFolder();
    const child = spawn("/bin/sh", ["-c", `${trap}; echo ready; while :; do sleep 0.02; done`], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    const ended = once(child, "exit");
    await once(child.stdout, "data");
    recordShipper(folder, child.pid!, thisHost());
    const never = new AbortController().signal;
    expect(await endOrphan(folder, thisHost(), systemClock, never)).toBe(child.pid);
    expect(await ended).toEqual(end);
  });
});
