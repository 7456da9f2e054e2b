/**
 * Remembers which outputs a process may have left in the middle of a line, for the process that comes next: a pipe may
 * outlive its writer (a FIFO, a logger of s6 or runit, `while :; do graphtap pull; done | shipper`), and the first line
 * of the next writer would continue the half line of the one that was killed.
 *
 * ```text
 * <0 or 1> <output>    the output of the last process; 1 while lines are written to it, and for a moment after
 * <output>             others where half a line may stand, newest first
 * ```
 * An output is told by what the system calls it, device and number, so that a new pipe is not taken for the old one.
 * The digit is written over without a sync, once when lines begin and once when none came for a moment: a kill leaves it
 * as it is, and no pipe outlives a crash of the host.
 */
import { Buffer } from "node:buffer";
import { closeSync } from "node:fs";
import { openFile, readFileIfAny, replaceFile, writeFully } from "../files/durable.ts";
import { attempt } from "../files/failure.ts";

/** Outputs remembered at most: each kill may leave a pipe that nobody will write to again. */
const MOST_OUTPUTS = 32;

export interface LineMark {
  /**
   * Lines are written from now on: a process that ends before {@linkcode LineMark.end} leaves half a line, perhaps.
   *
   * @returns whether an earlier process may have left one in this output, which has to be ended first
   * @throws state-unusable
   */
  begin(): boolean;
  /** All of them are written, and no others seem to follow. */
  end(): void;
  close(): void;
}

/**
 * A mark in a state folder that this process alone uses. The file is touched when lines are written, not before.
 *
 * @param output what the system calls this process's output; `null` when it cannot be told: then it may be any
 */
export function createLineMark(path: string, output: string | null): LineMark {
  const own = output ?? "unknown";
  let fd = -1;
  let isLeft = false;

  function open(): void {
    const left = outputsLeft(readFileIfAny(path)?.toString("latin1") ?? "");
    isLeft = left === "any" || left.includes(own);
    const others = left === "any" ? [] : left.filter((one) => one !== own).slice(0, MOST_OUTPUTS);
    // Half a line of an earlier process is ours to end from here on.
    replaceFile(path, [`${isLeft ? 1 : 0} ${own}`, ...others].map((line) => `${line}\n`).join(""));
    fd = openFile(path, "write");
  }

  function note(digit: "0" | "1"): void {
    attempt("write", path, () => {
      if (fd < 0) open();
      writeFully(fd, Buffer.from(digit), 0);
    });
  }

  return {
    begin() {
      note("1");
      return isLeft;
    },
    end() {
      if (fd < 0) return;
      note("0");
      isLeft = false;
    },
    close() {
      if (fd >= 0) closeSync(fd);
      fd = -1;
    },
  };
}

/** Where half a line may stand; a file that was damaged tells nothing, and an empty line too many does no harm. */
function outputsLeft(text: string): readonly string[] | "any" {
  if (text === "") return [];
  const [, digit, last, others] = /^([01]) (\S+)\n((?:\S+\n)*)$/.exec(text) ?? [];
  if (last === undefined) return "any";
  return [...(digit === "1" ? [last] : []), ...(others ?? "").split("\n").filter((line) => line !== "")];
}
