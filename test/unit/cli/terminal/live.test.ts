import xterm from "@xterm/headless";
import { describe, expect, it } from "vitest";
import type { Followed } from "../../../../src/cli/terminal/followed.ts";
import { openLive } from "../../../../src/cli/terminal/live.ts";
import { GraphtapError } from "../../../../src/errors.ts";
import type { Runtime } from "../../../../src/wiring/runtime.ts";
import { openHouse, produce, settle } from "../../server/house.ts";

/** A command on a terminal of 100 columns, its event lines on the same one. */
function openCommand() {
  const house = openHouse();
  const terminal = new xterm.Terminal({ cols: 100, rows: 20, allowProposedApi: true, convertEol: true });
  const runtime = {
    env: { NO_COLOR: "1" },
    writeStderr: (text: string) => terminal.write(text),
    writeStdout: (bytes: Uint8Array) => new Promise<void>((resolve) => terminal.write(bytes, resolve)),
    stdoutPlace: () => "a terminal",
    stderrSize: () => ({ columns: 100, rows: 20 }),
    onResize: () => () => {},
    onContinue: () => () => {},
  } as unknown as Runtime;
  const progress = openLive(runtime, { polls: true }, house.clock);
  async function screen(): Promise<string[]> {
    await new Promise<void>((resolve) => terminal.write("", resolve));
    const { active } = terminal.buffer;
    const all = Array.from({ length: active.length }, (_, at) => active.getLine(at)!.translateToString(true));
    return all.slice(0, all.findLastIndex((line) => line !== "") + 1);
  }
  let followed: Followed | null = null;
  /** Follows the streams of the house, and polls the first one. */
  async function pollFirst(): Promise<void> {
    followed ??= progress.follow(house);
    followed.goOn(house.streams);
    await followed.poll(house.streams[0]!, house.engine, house.stop.signal);
    house.clock.advance(1000);
    await settle();
  }
  return { house, progress, screen, pollFirst };
}

const rowOf = (lines: readonly string[], stream: string) =>
  lines.find((line) => line.startsWith(stream))?.split(/ {2,}/);

describe("a command on a terminal", () => {
  it("shows what its streams do, and lets its log and its event lines go by above", async () => {
    const { house, progress, screen, pollFirst } = openCommand();
    produce(house, "signIns", 30);
    await pollFirst();
    progress.runtime.writeStderr("a warning\n");
    await progress.runtime.writeStdout(new TextEncoder().encode('{"tag":"x"}\n'));
    const lines = await screen();
    expect(lines.slice(0, 2)).toEqual(["a warning", '{"tag":"x"}']);
    expect(lines[2]).toMatch(/^graphtap .* · 30 records/);
    expect(rowOf(lines, "contoso/signIns")?.slice(0, 3)).toEqual(["contoso/signIns", "1 s ago", "30"]);
    expect(rowOf(lines, "contoso/alerts_v2")).toEqual(["contoso/alerts_v2", "0", "waits"]);
  });

  it("counts on where the configuration was read again", async () => {
    const { house, screen, pollFirst } = openCommand();
    produce(house, "signIns", 30);
    await pollFirst();
    house.restart();
    house.clock.advance(60_000);
    produce(house, "signIns", 5, 30);
    await pollFirst();
    expect(rowOf(await screen(), "contoso/signIns")?.[2]).toBe("35");
  });

  it("ends with a summary in the place of the block, and draws no more", async () => {
    const { house, progress, screen, pollFirst } = openCommand();
    produce(house, "signIns", 30);
    await pollFirst();
    house.stop.abort(new GraphtapError("stopped", "stopped by SIGINT"));
    progress.end(0);
    const lines = await screen();
    expect(lines[0]).toMatch(/^STREAM +READ TO +RECORDS +RESULT$/);
    expect(lines.at(-1)).toBe("stopped by SIGINT after 1 s: 30 records of 2 streams");
    house.clock.advance(60_000);
    await settle();
    expect(await screen()).toEqual(lines);
  });

  it("says the exit code where it is not 0", async () => {
    const { progress, screen, pollFirst } = openCommand();
    await pollFirst();
    progress.end(3);
    expect((await screen()).at(-1)).toMatch(/^ended with exit code 3 after /);
  });
});
