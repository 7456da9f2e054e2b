import { Buffer } from "node:buffer";
import type { Random } from "../../../src/emulator/random.ts";
import type { Sink } from "../../../src/sink/sink.ts";

/** Takes lines until its process is killed: with the lines of that write, or without them. */
export function dyingSink(output: Buffer[], killAt: number, random: Random, onKilled: () => void): Sink {
  let writes = 0;
  const sink: Pick<Sink, "write"> = {
    write(lines) {
      const isLast = ++writes >= killAt;
      if (!isLast || random.chance(0.5)) output.push(Buffer.from(lines));
      if (!isLast) return Promise.resolve();
      onKilled();
      return new Promise<void>(() => {});
    },
  };
  return { ...sink, close: () => Promise.resolve() } as Sink;
}
