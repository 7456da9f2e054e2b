/**
 * The requests that Graph may still count, for the process that comes next: cron starts one each minute, and Graph
 * knows nothing of processes.
 *
 * ```text
 * S <sent> <limiter>            a request was sent
 * C <sent> <limiter> <counted>  Graph has counted it by then
 * ```
 * Times are milliseconds since the epoch; a limiter is 16 hex digits of the SHA-256 of its name. Lines are appended
 * without a sync: a crash of the host may lose them, the death of the process does not.
 */
import { Buffer } from "node:buffer";
import { hash } from "node:crypto";
import { closeSync } from "node:fs";
import { failureCode } from "../files/failure.ts";
import { openFile, readFileIfAny, replaceFile, writeFully } from "../files/durable.ts";
import { LONGEST_TRAVEL_MS, type RequestMemory, type SentRequest } from "./requestWindow.ts";

/** Longer than the stretch of any limit and the wait for any answer; what is older is forgotten. */
const KEPT_MS = 25 * 3_600_000;
/** A request is given up after so long: one that a killed process left behind is over by then. */
const LONGEST_REQUEST_MS = 300_000;
/** From this length on the file is written anew, with what still counts. */
const MOST_BYTES = 1024 * 1024;

export interface RequestLog {
  /** What remembers the requests of a limiter, by a name that stays the same, for as long as its stretch. */
  memoryOf(limiter: string, stretchMs: number): RequestMemory;
  close(): void;
}

export interface RequestLogOptions {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Told, once, that nothing more can be written; requests then count in this process only. */
  readonly report: (note: string) => void;
}

/** Opens the log in a state folder that this process alone uses. @throws `state-unusable` it cannot be opened */
export function openRequestLog(path: string, { now, report }: RequestLogOptions): RequestLog {
  const text = readFileIfAny(path)?.toString("latin1") ?? "";
  const known = readRequests(text, now());
  /** How long the requests of a limiter that is in use count. */
  const stretches = new Map<string, number>();
  let renewAt = MOST_BYTES;
  let file: number | null = null;
  let length = text.length;

  /** Writes everything that still counts into a new file, in the place of the old one. */
  function renew(): void {
    close();
    for (const [limiter, requests] of known) {
      const keptMs = stretches.get(limiter) ?? KEPT_MS;
      known.set(limiter, requests.filter((one) => mayCount(one, now(), keptMs)));
    }
    const lines = [...known].flatMap(([limiter, requests]) =>
      requests.flatMap((one) => linesOf(limiter, one))
    );
    const content = lines.join("");
    replaceFile(path, content);
    length = content.length;
    // What counts may itself be long: a file is written anew only when it has doubled.
    renewAt = Math.max(MOST_BYTES, 2 * length);
  }
  function append(line: string): void {
    try {
      // The new file has what is to be appended: it is known already.
      if (length > renewAt) return renew();
      file ??= openFile(path, "write");
      writeFully(file, Buffer.from(line, "latin1"), length);
      length += line.length;
    } catch (error) {
      if (length !== Infinity) {
        report(
          `"${path}" cannot be written (${
            failureCode(error)
          }): the next process does not know what was asked for`,
        );
      }
      length = Infinity;
    }
  }
  function close(): void {
    if (file !== null) closeSync(file);
    file = null;
  }

  // A line that a kill cut off must not become the beginning of the next, and what a dead process left open is over.
  if (text !== "" && (!text.endsWith("\n") || isLeftOpen(text))) renew();
  return {
    memoryOf(name, stretchMs) {
      const limiter = hash("sha256", name, "hex").slice(0, 16);
      stretches.set(limiter, stretchMs);
      if (!known.has(limiter)) known.set(limiter, []);
      return {
        past: [...known.get(limiter)!],
        sent(sentMs) {
          known.get(limiter)!.push({ sentMs, countedMs: null });
          append(sentLine(limiter, sentMs));
        },
        counted(sentMs, countedMs) {
          settle(known.get(limiter)!, sentMs, countedMs);
          append(countedLine(limiter, sentMs, countedMs));
        },
      };
    },
    close,
  };
}

const sentLine = (limiter: string, sentMs: number) => `S ${sentMs} ${limiter}\n`;
const countedLine = (limiter: string, sentMs: number, countedMs: number) =>
  `C ${sentMs} ${limiter} ${countedMs}\n`;

function linesOf(limiter: string, { sentMs, countedMs }: SentRequest): string[] {
  return [
    sentLine(limiter, sentMs),
    ...(countedMs === null ? [] : [countedLine(limiter, sentMs, countedMs)]),
  ];
}

function mayCount({ sentMs, countedMs }: SentRequest, now: number, keptMs: number): boolean {
  return countedMs === null ? sentMs > now - KEPT_MS : countedMs > now - keptMs;
}

/** Whether the file tells of more requests than of their ends. */
function isLeftOpen(text: string): boolean {
  const count = (kind: RegExp) => text.match(kind)?.length ?? 0;
  return count(/^S /gm) > count(/^C /gm);
}

/** Of several that were sent in the same millisecond any may be the one. */
function settle(requests: SentRequest[], sentMs: number, countedMs: number): void {
  const index = requests.findLastIndex((one) => one.sentMs === sentMs && one.countedMs === null);
  if (index >= 0) requests[index] = { sentMs, countedMs };
}

/** What a file says, by limiter. What no answer is known of ended with its process, now at the latest. */
function readRequests(text: string, now: number): Map<string, SentRequest[]> {
  const all = new Map<string, SentRequest[]>();
  for (
    const [, kind, sent, limiter, counted] of text.matchAll(
      /^([SC]) (\d{1,15}) ([0-9a-f]{16})(?: (\d{1,15}))?\n/gm,
    )
  ) {
    const requests = all.get(limiter!) ?? [];
    all.set(limiter!, requests);
    if (kind === "S") requests.push({ sentMs: Number(sent), countedMs: null });
    else settle(requests, Number(sent), Number(counted));
  }
  for (const [limiter, requests] of all) {
    const ended = requests.map((one): SentRequest => ({
      sentMs: one.sentMs,
      countedMs: one.countedMs ?? Math.min(now, one.sentMs + LONGEST_REQUEST_MS) + LONGEST_TRAVEL_MS,
    }));
    all.set(limiter, ended.filter((one) => mayCount(one, now, KEPT_MS)));
  }
  return all;
}
