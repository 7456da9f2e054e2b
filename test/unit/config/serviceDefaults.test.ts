import { describe, expect, it } from "vitest";
import { parseFiles } from "../../../src/config/load.ts";
import { options, problemsOf, read, small } from "./example.ts";

const DEFAULTS =
  "service_defaults: {request_period_in_seconds: 900, override_query_window_max_seconds: 600, " +
  "reread_after_seconds: [300], reread_max_seconds: 1200, track_updates: false}";
const services = (lines: string[], globals = [DEFAULTS]) =>
  read(small({ globals, services: lines })).inputs[0]!.services;

describe("globals.service_defaults", () => {
  it("holds for every service that does not say otherwise", () => {
    const own = "alerts_v2: {request_period_in_seconds: 120, sweep_after_seconds: [60], track_updates: yes}";
    expect(services(["signIns:", own])).toMatchObject([
      {
        periodSeconds: 900,
        windowMaxSeconds: 600,
        rereadAfterSeconds: [300],
        rereadMaxSeconds: 1200,
        trackUpdates: false,
      },
      { periodSeconds: 120, windowMaxSeconds: 600, rereadAfterSeconds: [60], trackUpdates: true },
    ]);
  });

  it("holds for a service of the 1.x line, too, and leaves the program's defaults where it says nothing", () => {
    expect(services(["audit:"])).toMatchObject([{ periodSeconds: 900 }]);
    expect(services(["audit:", "secure_scores:"], ["service_defaults: {track_updates: false}"]))
      .toMatchObject([
        { periodSeconds: 60, windowMaxSeconds: null, rereadAfterSeconds: null, trackUpdates: false },
        { periodSeconds: 60 },
      ]);
  });

  it("gives no window to what is read whole, and says nothing of it", () => {
    const text = small({ globals: [DEFAULTS], services: ["secure_score_control_profiles:"] });
    expect(problemsOf(text)).toEqual([]);
    expect(read(text).inputs[0]!.services).toMatchObject([{ periodSeconds: 900, windowMaxSeconds: null }]);
  });

  it("is told once where it is wrong, at its own place", () => {
    const globals = ["service_defaults: {request_period_in_seconds: 5, start_time_in_utc: 2026-01-01}"];
    expect(problemsOf(small({ globals, services: ["signIns:", "alerts_v2:"] }))).toEqual([
      "3:49 error globals.service_defaults.request_period_in_seconds: " +
      "found 5, expected a whole number of seconds, 60 or more",
      expect.stringMatching(/^3:52 error globals\.service_defaults\.start_time_in_utc: unknown key/),
    ]);
  });

  it("holds for the inputs of other files", () => {
    const [before, after] = small().split("inputs:");
    const files = [
      { file: "a.yaml", text: `${before}  ${DEFAULTS}\n` },
      { file: "b.yaml", text: `inputs:${after}` },
    ];
    const { config } = parseFiles(files, options());
    expect(config!.inputs[0]!.services).toMatchObject([{ periodSeconds: 900 }]);
  });
});
