/** What the host makes of a spool: its locks, its kinds of files, its volumes. */
import { Buffer } from "node:buffer";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { openFileSink } from "../../../src/sink/file.ts";
import { hostLocker } from "../../support/stateLocker.ts";
import { tempFolder } from "../../support/tempFolder.ts";

const pathIn = (folder: string) => join(folder, "events.ndjson");

const spool = (folder: string) =>
  openFileSink({
    path: pathIn(folder),
    rotateBytes: 1e6,
    rotateSeconds: 60,
    maxSpoolBytes: null,
    locker: hostLocker(),
    now: () => Date.UTC(2026, 10, 22, 16),
    report: () => {},
  });

const unusable = (words: string) =>
  expect.objectContaining({ code: "sink-unusable", message: expect.stringContaining(words) });

describe("a spool", () => {
  it("belongs to one process", async () => {
    const folder = tempFolder();
    const sink = spool(folder);
    expect(() => spool(folder)).toThrow(unusable("another process"));
    await sink.close();
    await spool(folder).close();
  });

  it("is no pipe", () => {
    const folder = tempFolder();
    spawnSync("mkfifo", [pathIn(folder)]);
    expect(() => spool(folder)).toThrow(unusable("it is not a plain file"));
  });

  it("says that its volume is full, and leaves no part of a line", async (context) => {
    const folder = tempFolder();
    const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", folder], {
      encoding: "utf8",
    });
    if (mounted.status !== 0) {
      context.skip(`no small volume could be mounted: ${mounted.error?.message ?? mounted.stderr}`);
    }
    onTestFinished(() => void spawnSync("umount", ["-l", folder]));
    const sink = spool(folder);
    const line = `${"x".repeat(7000)}\n`;
    let lines = 0;
    const filling = (async () => {
      for (;; lines++) await sink.write(Buffer.from(line));
    })();
    await expect(filling).rejects.toMatchObject({
      code: "sink-full",
      kind: { exitCode: 4 },
      message: expect.stringContaining("ENOSPC"),
    });
    const [file] = readdirSync(folder).filter((name) => name.startsWith("events.ndjson."));
    expect(readFileSync(join(folder, file!), "utf8")).toBe(line.repeat(lines));
    expect(lines).toBeGreaterThan(0);
  });
});
