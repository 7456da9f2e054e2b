import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import type { Written } from "./measure.ts";
import type { Workshop } from "./workshop.ts";

/** A receiver of `--to http` in a process of its own, so that what it costs is not measured. */
export interface Receiver {
  readonly url: string;
  /** What came since the last call, decoded and counted. */
  taken(): Promise<Written>;
  close(): void;
}

export async function startReceiver(workshop: Workshop): Promise<Receiver> {
  const child = spawn(process.execPath, [workshop.program("receiver")], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const [url] = await Promise.race([
    once(child.stdout, "data"),
    once(child, "exit").then(() => Promise.reject(new Error("the receiver did not start"))),
  ]);
  const address = String(url).trim();
  return {
    url: address,
    taken: async () => await (await fetch(address)).json() as Written,
    close: () => child.stdin.end(),
  };
}
