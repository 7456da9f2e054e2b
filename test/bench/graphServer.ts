import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { freePort } from "../support/freePort.ts";
import type { ShapeName } from "./shapes.ts";
import type { Workshop } from "./workshop.ts";

/** What a server for one measurement holds. */
export interface Content {
  readonly port: number;
  readonly pages: number;
  readonly perPage: number;
  readonly shape: ShapeName;
  /** On the average. @default what the shape says */
  readonly recordBytes?: number;
  /** Epoch milliseconds of the oldest record. */
  readonly fromMs: number;
  /** Pages are linked within a group; a query for the time of a group's start gets the group. */
  readonly groups: number;
  readonly groupMs: number;
  /** Compress when asked, for what does not fit in memory. */
  readonly lazy: boolean;
}

/** A Graph in a process of its own, so that what it costs is not measured. */
export interface GraphServer {
  readonly url: string;
  readonly fromMs: number;
  readonly shape: ShapeName;
  /** How many there are. */
  readonly records: number;
  close(): void;
}

/** Starts a server of records from just under an hour ago, and waits until it has made its pages. */
export async function startGraph(workshop: Workshop, content: Partial<Content>): Promise<GraphServer> {
  const whole: Content = {
    pages: 100,
    perPage: 1000,
    shape: "signIns",
    groups: 1,
    groupMs: 2_400_000,
    lazy: false,
    fromMs: Math.floor(Date.now() / 1000) * 1000 - 3_000_000,
    port: await freePort(),
    ...content,
  };
  const child = spawn(process.execPath, [workshop.program("server"), JSON.stringify(whole)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  await Promise.race([
    once(child.stdout, "data"),
    once(child, "exit").then(() => Promise.reject(new Error("the page server did not start"))),
  ]);
  const { port, fromMs, shape, pages, perPage } = whole;
  return {
    url: `http://127.0.0.1:${port}`,
    fromMs,
    shape,
    records: pages * perPage,
    close: () => child.stdin.end(),
  };
}
