import { describe, expect, it } from "vitest";
import { linesOf, parseExecRequest } from "../../../src/cli/execRequests.ts";

async function lines(chunks: string[], longest?: number): Promise<(string | null)[]> {
  async function* bytes() {
    for (const chunk of chunks) yield await Promise.resolve(new TextEncoder().encode(chunk));
  }
  const found: (string | null)[] = [];
  for await (const line of linesOf(bytes(), longest)) found.push(line);
  return found;
}

describe("lines of standard input", () => {
  it.each([
    [[], []],
    [["a\nb\n"], ["a", "b"]],
    [["a", "b\nc", "\n"], ["ab", "c"]],
    [["\n\n"], ["", ""]],
    [["a\r\nb"], ["a", "b"]],
    [["é"], ["é"]],
  ])("%j are %j", async (chunks, wanted) => expect(await lines(chunks)).toEqual(wanted));

  it("come as null when they are too long, and the next one is whole again", async () => {
    expect(await lines(["12345\n", "123", "456", "789\nok\n", "123456"], 5)).toEqual([
      "12345",
      null,
      "ok",
      null,
    ]);
  });
});

describe("a line of exec's standard input", () => {
  it.each([
    ["", [], []],
    ["  ", [], []],
    ["{}", [], []],
    ['{"service":"signIns"}', ["signIns"], []],
    ['{"service":["signIns","alerts_v2"],"input":"contoso"}', ["signIns", "alerts_v2"], ["contoso"]],
  ])("%j means services %j of inputs %j", (line, services, inputs) => {
    expect(parseExecRequest(line)).toEqual({ services, inputs });
  });

  it.each([
    [null, "too long"],
    ["pull", "not JSON"],
    ["[]", "expected object"],
    ["7", "expected object"],
    ['{"service":7}', "Invalid input"],
    ['{"servcie":"signIns"}', 'Unrecognized key: "servcie"'],
  ])("%j is refused: %s", (line, why) => {
    expect(() => parseExecRequest(line)).toThrow(expect.objectContaining({
      code: "usage",
      message: expect.stringContaining(why) as string,
    }));
  });
});
