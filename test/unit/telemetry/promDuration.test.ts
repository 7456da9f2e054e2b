import { expect, it } from "vitest";
import { promDuration } from "../../../src/telemetry/promDuration.ts";

it.each([
  [900, "15m"],
  [3600, "1h"],
  [5400, "90m"],
  [86_400, "1d"],
  [604_800, "1w"],
  [90, "90s"],
  [0.25, "250ms"],
  [1.5, "1500ms"],
])("%d s are %s", (seconds, text) => expect(promDuration(seconds)).toBe(text));
