import xterm from "@xterm/headless";
import { describe, expect, it } from "vitest";
import { createScreen, plainLine } from "../../../../src/cli/terminal/screen.ts";
import { cut } from "../../../../src/cli/terminal/width.ts";

/** A terminal as people have it, and a screen that draws on it. */
function openTerminal(columns: number, rows: number) {
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, convertEol: true });
  const frames: string[] = [];
  const size = { columns, rows };
  const screen = createScreen((text) => {
    frames.push(text);
    terminal.write(text);
  }, () => size);
  return {
    screen,
    frames,
    write: (text: string) => terminal.write(text),
    resize(width: number) {
      size.columns = width;
      terminal.resize(width, rows);
    },
    /** All lines, those that have left at the top, too. */
    async lines(): Promise<string[]> {
      await new Promise<void>((resolve) => terminal.write("", resolve));
      const { buffer: { active } } = terminal;
      const all = Array.from(
        { length: active.length },
        (_, at) => active.getLine(at)!.translateToString(true),
      );
      return all.slice(0, all.findLastIndex((line) => line !== "") + 1);
    },
    cursor:
      () => [terminal.buffer.active.cursorX, terminal.buffer.active.baseY + terminal.buffer.active.cursorY],
  };
}

const lines = (...texts: string[]) => texts.map(plainLine);

describe("a block at the bottom of a terminal", () => {
  it("is drawn over itself, each time in one write", async () => {
    const { screen, frames, write, ...terminal } = openTerminal(20, 10);
    write("$ graphtap run\r\n");
    screen.draw(lines("signIns", "alerts 1"));
    screen.draw(lines("signIns 20", "alerts"));
    expect(await terminal.lines()).toEqual(["$ graphtap run", "signIns 20", "alerts"]);
    expect(frames).toHaveLength(2);
  });

  it("may become shorter and longer, at the end of the screen, too", async () => {
    const { screen, write, ...terminal } = openTerminal(20, 5);
    write("1\r\n2\r\n3\r\n4\r\n");
    screen.draw(lines("a"));
    screen.draw(lines("a", "b", "c"));
    screen.draw(lines("a", "b"));
    expect(await terminal.lines()).toEqual(["1", "2", "3", "4", "a", "b"]);
  });

  it("lets lines go by above it", async () => {
    const { screen, ...terminal } = openTerminal(20, 5);
    screen.draw(lines("block"));
    screen.above("warning one\n");
    screen.above("a warning that is wider than the terminal\n");
    screen.draw(lines("block 2"));
    expect(await terminal.lines()).toEqual([
      "warning one",
      "a warning that is wi",
      "der than the termina",
      "l",
      "block 2",
    ]);
  });

  it("is taken away for what others write, and leaves the cursor where the next line begins", async () => {
    const { screen, write, ...terminal } = openTerminal(20, 5);
    screen.draw(lines("one", "two"));
    screen.clear();
    write('{"tag":"x"}\r\n');
    screen.draw(lines("one", "two"));
    expect(await terminal.lines()).toEqual(['{"tag":"x"}', "one", "two"]);
    expect(terminal.cursor()).toEqual([0, 3]);
  });

  it("stays where it is with an emoji that the terminal draws part by part", async () => {
    const { screen, write, ...terminal } = openTerminal(12, 8);
    write("$ graphtap\r\n");
    for (const state of ["reading", "done"]) {
      screen.draw(lines(cut("👩‍👩‍👧‍👦 contoso.example", 11), state));
    }
    expect(await terminal.lines()).toEqual(["$ graphtap", expect.stringContaining("👩"), "done"]);
  });

  it("is drawn anew below what others wrote while it was left", async () => {
    const { screen, write, ...terminal } = openTerminal(20, 8);
    screen.draw(lines("block", "signIns 1"));
    write("$ ls\r\nconfig.yaml\r\n");
    screen.leave();
    screen.draw(lines("block", "signIns 2"));
    expect(await terminal.lines()).toEqual([
      "block",
      "signIns 1",
      "$ ls",
      "config.yaml",
      "block",
      "signIns 2",
    ]);
  });

  it("leaves nothing behind when the terminal becomes narrower or wider", async () => {
    const { screen, write, resize, ...terminal } = openTerminal(30, 8);
    write("$ graphtap run\r\n");
    screen.draw(lines("contoso × signIns 1,234 records", "東京支社東京支社東京支社"));
    resize(14);
    screen.draw(lines("contoso 1,234", "東京支社"));
    expect(await terminal.lines()).toEqual(["$ graphtap run", "contoso 1,234", "東京支社"]);
    resize(40);
    screen.draw(lines("contoso × signIns 1,234 records"));
    expect(await terminal.lines()).toEqual(["$ graphtap run", "contoso × signIns 1,234 records"]);
  });
});
