import { describe, expect, it } from "vitest";
import { createServiceManager } from "../../../src/wiring/serviceManager.ts";
import type { End } from "../../../src/graph/auth/program.ts";

/** A service manager whose messages and reports are kept. */
function opened(env: Readonly<Record<string, string>>, end: End = 0) {
  const sent: (readonly string[])[] = [];
  const reports: string[] = [];
  const manager = createServiceManager(
    { env, pid: 42, monotonicMicros: () => 7 },
    (note) => reports.push(note),
    (words) => {
      sent.push(words);
      return Promise.resolve({ end, complained: "" });
    },
  );
  return { manager, sent, reports };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));
const SOCKET = { NOTIFY_SOCKET: "/run/systemd/notify" };

describe("a service manager", () => {
  it("is told nothing where nobody listens", async () => {
    const { manager, sent } = opened({ WATCHDOG_USEC: "1000000" });
    manager.ready();
    manager.status("fine", true);
    manager.stopping();
    await settle();
    expect(sent).toEqual([]);
    expect(manager).toMatchObject({ listens: false, watchdogMs: null });
  });

  it("is told one thing after the other", async () => {
    const { manager, sent } = opened(SOCKET);
    manager.ready();
    manager.reloading();
    await settle();
    manager.stopping();
    expect(sent).toEqual([
      ["READY=1"],
      ["RELOADING=1", "MONOTONIC_USEC=7"],
      ["STOPPING=1", "STATUS=Stopping"],
    ]);
  });

  it("is told that all is ready when the last of several reloads is done, and not before", async () => {
    const { manager, sent } = opened(SOCKET);
    const said = () => sent.map(([word]) => word);
    manager.ready();
    manager.reloading();
    manager.reloading();
    manager.ready();
    await settle();
    expect(said()).toEqual(["READY=1", "RELOADING=1", "RELOADING=1"]);
    manager.ready();
    manager.reloading();
    manager.ready();
    await settle();
    expect(said().slice(3)).toEqual(["READY=1", "RELOADING=1", "READY=1"]);
  });

  it("is told of the end at once, whatever waits, and of nothing after it", async () => {
    const { manager, sent } = opened(SOCKET);
    manager.status("fine", true);
    manager.stopping();
    expect(sent).toEqual([["STOPPING=1", "STATUS=Stopping"]]);
    await settle();
    expect(sent).toHaveLength(1);
  });

  it("costs no process where there is no news and nothing to feed", async () => {
    const { manager, sent } = opened(SOCKET);
    for (const feeds of [false, false, true]) manager.status("fine", feeds);
    manager.status("worse", true);
    await settle();
    expect(sent).toEqual([["STATUS=fine"], ["WATCHDOG=1"], ["WATCHDOG=1", "STATUS=worse"]]);
  });

  it.each([
    ["half of its patience", { WATCHDOG_USEC: "300000000", WATCHDOG_PID: "42" }, 150_000],
    ["the same where nobody is named", { WATCHDOG_USEC: "300000000" }, 150_000],
    ["another process's, which is none of ours", { WATCHDOG_USEC: "300000000", WATCHDOG_PID: "7" }, null],
    ["off", {}, null],
    ["no number", { WATCHDOG_USEC: "soon" }, null],
  ])("has a watchdog: %s", (_, env, expected) => {
    expect(opened({ ...SOCKET, ...env }).manager.watchdogMs).toBe(expected);
  });

  it("that cannot be told is reported once, with the reason", async () => {
    const missing = Object.assign(new Error("spawn"), { code: "ENOENT" });
    const { manager, reports } = opened(SOCKET, missing);
    manager.ready();
    manager.status("fine", false);
    await settle();
    expect(reports).toEqual([
      'Cannot tell the service manager how this process is doing by "systemd-notify": there is no such program; ' +
      "a unit without it has Type=exec and no WatchdogSec=",
    ]);
  });
});
