import { recordKey } from "../../src/record/keyMaker.ts";

export const childStreams = ["signIns", "directory_audits", "alerts_v2"] as const;

/** The records of a page: some short, some of several blocks of a disk. */
export function pageLines(stream: string, page: number): { key: Uint8Array; line: string }[] {
  return Array.from({ length: 18 }, (_, index) => ({
    key: recordKey(`${page}:${index}`),
    line: `${stream} ${page} ${index} ${"x".repeat((page * 31 + index * 997) % 5000)}\n`,
  }));
}
