import { rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { tempFolder } from "../../support/tempFolder.ts";
import type { Brittle, Mishap } from "./brittleFiles.ts";
import {
  allLines,
  type Durable,
  nothingDurable,
  openModelSink,
  readPagesInto,
  spoolText,
} from "../../support/spoolModel.ts";

const shared = vi.hoisted(() => ({ brittle: null as unknown }));
vi.mock("node:fs", async (importOriginal) => {
  const { brittleFiles } = await import("./brittleFiles.ts");
  const { files, brittle } = brittleFiles(await importOriginal<typeof import("node:fs")>());
  shared.brittle = brittle;
  return { ...files, default: files };
});
const brittle = () => shared.brittle as Brittle;

const PAGES = 2;
const WANTED = allLines(PAGES).sort();

/** Runs until the end or the mishap; true when there was none. */
async function runUntil(path: string, durable: Durable, at: number, mishap: Mishap): Promise<boolean> {
  brittle().arm(at, mishap);
  // The steps of the engine count among the moments at which a process can die.
  const step = () => {
    if (!mishap.startsWith("dies")) return;
    if (++brittle().calls === at) throw new Error("died between two steps of the engine");
  };
  try {
    await readPagesInto(openModelSink(path), durable, PAGES, step);
  } catch (error) {
    if (at === Infinity) throw error;
  }
  const met = brittle().calls >= at;
  brittle().disarm();
  return !met;
}

const linesOf = (text: string) => text.split(/(?<=\n)/).filter((line) => line !== "").sort();

describe("a spool whose process is killed at every single call that changes a file", () => {
  it.each<Mishap>(["dies-before", "dies-within", "dies-after"])(
    "%s: each line once, none torn",
    async (mishap) => {
      const folder = tempFolder();
      let moments = 0;
      for (let ended = false; !ended; moments++) {
        const path = join(folder, String(moments), "events.ndjson");
        const durable = nothingDurable();
        ended = await runUntil(path, durable, moments + 1, mishap);
        const left = spoolText(path);
        // A second death while the first is repaired must change nothing either.
        await runUntil(path, durable, 1 + moments % 11, mishap);
        expect(spoolText(path).startsWith(left), `moment ${moments}: the followed file got shorter`).toBe(
          true,
        );
        expect(await runUntil(path, durable, Infinity, mishap)).toBe(true);
        expect(linesOf(spoolText(path)), `moment ${moments}`).toEqual(WANTED);
        rmSync(join(folder, String(moments)), { recursive: true });
      }
      expect(moments).toBeGreaterThan(80);
    },
  );
});

describe("a spool on a disk that fails", () => {
  it.each<Mishap>(["full", "full-twice", "full-and-broken"])(
    "%s: the write is refused, and each line is there once in the end",
    async (mishap) => {
      const folder = tempFolder();
      let moments = 0;
      for (let ended = false; !ended; moments++) {
        const path = join(folder, String(moments), "events.ndjson");
        const durable = nothingDurable();
        ended = await runUntil(path, durable, moments + 1, mishap);
        if (mishap === "full") expect(spoolText(path)).toMatch(/^$|\n$/);
        expect(await runUntil(path, durable, Infinity, mishap)).toBe(true);
        expect(linesOf(spoolText(path)), `moment ${moments}`).toEqual(WANTED);
        rmSync(join(folder, String(moments)), { recursive: true });
      }
      expect(moments).toBeGreaterThan(80);
    },
  );
});
