/** What the real program tells a service manager, by the real systemd-notify. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { describe, expect, it } from "vitest";
import { canNotify, openNotifySocket } from "../support/notifySocket.ts";
import { type Running, start } from "../support/program.ts";
import { onDeno } from "../support/project.ts";
import { serve } from "../support/serving.ts";
import { contoso, openSite } from "../support/site.ts";

const skipped = !canNotify || onDeno;
if (skipped) console.warn("skipped: a service manager is told by systemd-notify, and listened to by python3");

const WATCHDOG_USEC = "400000";
const count = (messages: readonly string[][], word: string) =>
  messages.filter((lines) => lines.includes(word)).length;
const polled = ({ stderr }: Running) => stderr.includes('"pull done"');

describe.skipIf(skipped)("a program under a service manager", () => {
  it.each(["a path", "an abstract name"])("tells start, status, reload and end to %s", async (kind) => {
    const site = await openSite();
    const config = site.write([contoso("directory_audits")]);
    const address = kind === "a path" ? join(site.folder, "notify") : `@graphtap-${crypto.randomUUID()}`;
    const socket = await openNotifySocket(address);
    const running = start(["run", "-c", config], { env: { NOTIFY_SOCKET: address, WATCHDOG_USEC } });
    await socket.until(/^READY=1$/);
    await socket.until(/^STATUS=The only stream is healthy/);
    await socket.until(/^WATCHDOG=1$/);

    running.kill("SIGHUP");
    await socket.until(/^RELOADING=1$/);
    await running.until(() => running.stderr.includes("no stream has changed"), "a word about it");
    writeFileSync(config, "inputs: nothing");
    running.kill("SIGHUP");
    await running.until(() => running.stderr.includes("what ran goes on: "), "a word about it");
    const readies = () => count(socket.messages(), "READY=1");
    await running.until(() => readies() === 3, "one word for the start, one for each reading");
    running.kill("SIGTERM");
    expect((await running.ended).code).toBe(0);
    await socket.until(/^STOPPING=1$/);

    const messages = socket.messages();
    expect(messages[0]).toEqual(["READY=1"]);
    expect(readies()).toBe(3);
    const reloading = messages.filter((lines) => lines[0] === "RELOADING=1");
    expect(reloading).toHaveLength(2);
    // CLOCK_MONOTONIC, as systemd compares it with its own.
    const uptimeUsec = Number(process.hrtime.bigint() / 1000n);
    for (const [, monotonic = ""] of reloading) {
      const usec = Number(/^MONOTONIC_USEC=(\d+)$/.exec(monotonic)?.[1]);
      expect(uptimeUsec - usec).toBeGreaterThan(0);
      expect(uptimeUsec - usec).toBeLessThan(60_000_000);
    }
  });

  it("is the server as well", async () => {
    const site = await openSite();
    const config = site.write([contoso("directory_audits")]);
    const socket = await openNotifySocket(join(site.folder, "notify"));
    const serving = await serve(["-c", config], { env: { NOTIFY_SOCKET: socket.address, WATCHDOG_USEC } });
    await socket.until(/^STATUS=The only stream is healthy/);
    serving.kill("SIGTERM");
    expect((await serving.ended).code).toBe(0);
    await socket.until(/^STOPPING=1$/);
    expect(socket.messages()[0]).toEqual(["READY=1"]);
  });

  it("is started while it stands by, says for whom, feeds its watchdog, and goes on", async () => {
    const site = await openSite();
    const config = site.write([contoso("directory_audits")]);
    const first = start(["run", "-c", config]);
    await first.until(() => polled(first), "a poll");
    const socket = await openNotifySocket(join(site.folder, "notify"));
    const env = { NOTIFY_SOCKET: socket.address, WATCHDOG_USEC };
    const second = start(["run", "-c", config, "--wait"], { env });
    const fed = () => count(socket.messages(), "WATCHDOG=1");
    await second.until(() => fed() >= 3, "the watchdog is fed");
    const standing = `STATUS=Standing by: process ${first.pid} has the state folder`;
    expect(socket.messages().slice(0, 2)).toEqual([["READY=1"], ["WATCHDOG=1", standing]]);
    second.kill("SIGHUP");
    await socket.until(/^RELOADING=1$/);
    await second.until(() => count(socket.messages(), "READY=1") === 2, "the end of that");

    first.kill("SIGKILL");
    await socket.until(/^STATUS=The only stream is healthy/);
    second.kill("SIGTERM");
    expect((await second.ended).code).toBe(0);
    await socket.until(/^STOPPING=1$/);
    const statuses = socket.messages().flat().filter((line) => line.startsWith("STATUS="));
    expect(statuses.lastIndexOf(standing)).toBe(0);
  });

  it("says the end of a wait that is stopped", async () => {
    const site = await openSite();
    const config = site.write([contoso("directory_audits")]);
    const first = start(["run", "-c", config]);
    await first.until(() => polled(first), "a poll");
    const socket = await openNotifySocket(join(site.folder, "notify"));
    const second = start(["run", "-c", config, "--wait"], { env: { NOTIFY_SOCKET: socket.address } });
    await socket.until(/^STATUS=Standing by/);
    second.kill("SIGTERM");
    expect((await second.ended).code).toBe(0);
    await socket.until(/^STOPPING=1$/);
  });

  it("feeds no watchdog of another process, and says once that nobody can be told", async () => {
    const site = await openSite();
    const config = site.write([contoso("directory_audits")]);
    const socket = await openNotifySocket(join(site.folder, "notify"));
    const env = { NOTIFY_SOCKET: socket.address, WATCHDOG_USEC, WATCHDOG_PID: "1" };
    const running = start(["run", "-c", config], { env });
    await running.until(() => polled(running), "a poll");
    await socket.until(/^STATUS=/);
    running.kill("SIGTERM");
    await running.ended;
    await socket.until(/^STOPPING=1$/);
    expect(count(socket.messages(), "WATCHDOG=1")).toBe(0);

    const alone = start(["run", "-c", config], { env: { NOTIFY_SOCKET: socket.address, PATH: "/nowhere" } });
    await alone.until(() => alone.stderr.includes("systemd-notify"), "a word about it");
    await alone.until(() => polled(alone), "a poll");
    alone.kill("SIGTERM");
    const { code, stderr } = await alone.ended;
    expect(code).toBe(0);
    expect(stderr.split("Cannot tell the service manager")).toHaveLength(2);
  });
});
