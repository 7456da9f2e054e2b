import { describe, expect, it } from "vitest";
import { showsBlock } from "../../../../src/cli/terminal/openProgress.ts";

describe("a command", () => {
  const shows = (
    env: Readonly<Record<string, string>>,
    more: { isPipe?: boolean; asksForLines?: boolean } = {},
  ) =>
    showsBlock({ has: () => more.asksForLines ?? false }, {
      env,
      stderrIsTerminal: true,
      stdoutIsPipe: () => more.isPipe ?? false,
    });

  it("shows a block on a terminal that can move its cursor", () => {
    expect(shows({ TERM: "xterm-256color" })).toBe(true);
    expect(shows({ TERM: "linux", CI: "false" })).toBe(true);
    expect(shows({ TERM: "linux", CI: "" })).toBe(true);
  });

  it.each([
    ["the terminal cannot move its cursor", { TERM: "dumb" }, {}],
    ["nobody knows what it can", {}, {}],
    ["it is the terminal of a build, whose log keeps every frame", { TERM: "xterm", CI: "true" }, {}],
    ["another program reads the event lines", { TERM: "xterm" }, { isPipe: true }],
    ["lines were asked for", { TERM: "xterm" }, { asksForLines: true }],
  ])("logs lines where %s", (_, env: Record<string, string>, more) => {
    expect(shows(env, more)).toBe(false);
  });
});
