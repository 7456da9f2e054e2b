import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { parseOptions } from "../../../src/cli/options.ts";
import { selectionOf, stateDirOf } from "../../../src/cli/selection.ts";
import { input, service, state } from "../../../src/cli/sharedOptions.ts";
import { parseConfig } from "../../../src/config/load.ts";
import { chooseServices } from "../../../src/wiring/selection.ts";
import { options, registry, small } from "../config/example.ts";

const services = ["signIns:", "alerts_v2: {enabled: false}", "directory_audits:"];
const { config } = parseConfig(small({ services }), options());
const loaded = { config: config!, registry, home: "/home", stateDir: "/home/state" };
const given = (...words: string[]) => parseOptions("pull", [input, service, state], words, {});

describe("the streams that a command is narrowed to", () => {
  it.each([
    [[], ["signIns", "directory_audits"]],
    [["--input", "a"], ["signIns", "directory_audits"]],
    [["--service", "directory_audits"], ["directory_audits"]],
    [["--service", "signIn"], ["signIns"]],
    [["--service", "alerts_v2"], []],
  ])("by %j are %j", (words, names) => {
    const chosen = chooseServices(loaded.config, registry, selectionOf(given(...words), loaded));
    expect(chosen.flatMap((one) => one.services.map(({ name }) => name))).toEqual(names);
  });

  it.each([
    [
      ["--input", "b"],
      '--input "b" is not among the inputs of the configuration: a; see "graphtap pull --help"',
    ],
    [
      ["--service", "signins", "--service", "secure_scores"],
      '--service "secure_scores" is not among the services of the inputs of the configuration: ' +
      'signIns, alerts_v2, directory_audits; see "graphtap pull --help"',
    ],
  ])("by %j are a mistake", (words, message) => {
    expect(() => selectionOf(given(...words), loaded)).toThrow(
      expect.objectContaining({ code: "usage", message }),
    );
  });
});

it("keeps positions where --state says, or else the configuration", () => {
  expect(stateDirOf(given(), loaded)).toBe("/home/state");
  expect(stateDirOf(given("--state", "here"), loaded)).toBe(resolve("here"));
});
