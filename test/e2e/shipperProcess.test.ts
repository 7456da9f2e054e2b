/** A program that is started for real: any that is there will do. */
import { spawn } from "node:child_process";
import process from "node:process";
import { expect, it } from "vitest";
import { startProgram } from "../../src/shipper/running/process.ts";

it("is read line by line, and tells how it ended", async () => {
  const lines: string[] = [];
  const { ended } = startProgram(
    ["sh", "-c", "echo one; echo two >&2; printf three; exit 3"],
    process.env as Record<string, string>,
    (line) => void lines.push(line),
  );
  expect(await ended).toBe("exit code 3");
  expect(lines.toSorted()).toEqual(["one", "three", "two"]);
});

it("gets no variable but those it is given, and heeds signals", async () => {
  const lines: string[] = [];
  const program = startProgram(
    ["/bin/sh", "-c", 'echo "[$SECRET$ONE]"; exec sleep 60'],
    { ONE: "1" },
    (line) => {
      lines.push(line);
      program.signal("SIGTERM");
    },
  );
  expect(await program.ended).toBe("signal SIGTERM");
  expect(lines).toEqual(["[1]"]);
});

it("that is not there says so", async () => {
  const { pid, ended } = startProgram(["/no/such/program"], {}, () => {});
  expect([pid, await ended]).toEqual([null, "there is no such program"]);
});

it("ends soon after the process that started it was killed", async () => {
  const url = new URL("../../src/shipper/running/process.ts", import.meta.url).href;
  const code = `import { startProgram } from ${JSON.stringify(url)};
    console.log(startProgram(["sleep", "60"], { PATH: process.env.PATH }, () => {}).pid); setInterval(() => {}, 1000);`;
  const child = spawn("npx", ["tsx", "--input-type=module", "-e", code], {
    detached: true,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const pid = await new Promise<number>((resolve) =>
    child.stdout!.once("data", (text) => resolve(Number(String(text))))
  );
  process.kill(-child.pid!, "SIGKILL");
  await expect.poll(() => isThere(pid), { timeout: 10_000 }).toBe(false);
});

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
