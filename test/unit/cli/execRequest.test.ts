import { describe, expect, it } from "vitest";
import { parseExecRequest } from "../../../src/cli/execRequest.ts";

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
