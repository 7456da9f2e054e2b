import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { GraphtapError } from "../../../../src/errors.ts";
import { firstLineOf } from "../../../../src/graph/auth/command.ts";
import { tempFolder } from "../../../support/tempFolder.ts";

const printed = (script: string, timeoutMs?: number, signal?: AbortSignal) =>
  firstLineOf({ command: ["sh", "-c", script] }, "client_secret", signal, timeoutMs);

describe("a command that prints a secret", () => {
  it.each([
    ["one line", "echo s3cr3t"],
    ["one without a line end", "printf s3cr3t"],
    ["as Windows does", "printf '\\357\\273\\277s3cr3t\\r\\nmore'"],
    ["more behind it", "echo s3cr3t; seq 100000"],
    ["what else on standard error", "echo hint >&2; echo s3cr3t"],
  ])("is understood: %s", async (_, script) => {
    expect(await printed(script)).toBe("s3cr3t");
  });

  it("is run without a shell", async () => {
    const command = ["printf", "%s", "$HOME; `id` > *"];
    expect(await firstLineOf({ command }, "client_secret")).toBe("$HOME; `id` > *");
  });

  it.each([
    [
      "fails",
      "echo s3cr3t; echo s3cr3t >&2; exit 3",
      "secret-missing",
      "it ended with exit code 3; run it by hand to see what it says",
    ],
    ["is killed", "kill -9 $$", "secret-missing", "it ended with SIGKILL"],
    ["prints nothing", "true", "secret-unreadable", "its first line is empty"],
    ["prints an empty line", "echo; echo s3cr3t", "secret-unreadable", "its first line is empty"],
    [
      "prints without end",
      "yes s3cr3t | tr -d '\\n' | head -c 200000",
      "secret-unreadable",
      "its first line has 64 KiB or more",
    ],
  ])("that %s says so, and nothing of what it printed", async (_, script, code, said) => {
    const error = await printed(script).catch((thrown: GraphtapError) => thrown) as GraphtapError;
    expect([error.code, error.message]).toEqual([
      code,
      expect.stringContaining(`Cannot get client_secret from the command "sh": ${said}`),
    ]);
    expect(`${error.message}${error.stack}${String(error.cause)}`).not.toContain("s3cr3t");
  });

  it.each([
    ["is not there", "/no/such/program", "there is no such program"],
    ["may not be run", "", "permission denied"],
  ])("that %s says so", async (_, program, said) => {
    const path = join(tempFolder(), "program");
    writeFileSync(path, "#!/bin/sh\n", { mode: 0o600 });
    const command = [program === "" ? path : program];
    await expect(firstLineOf({ command }, "federated_token")).rejects.toMatchObject({
      code: "secret-unreadable",
      message: expect.stringContaining(said),
    });
  });

  it("that is a whole command line is told how to write it, and shown by its first word", async () => {
    const command = ["vault-login --password=s3cr3t get secret"];
    await expect(firstLineOf({ command }, "client_secret")).rejects.toMatchObject({
      code: "secret-unreadable",
      message: 'Cannot get client_secret from the command "vault-login …": there is no such program; ' +
        "each of its arguments is an item of its own in the list",
    });
  });

  it("that ended is understood, whoever else holds its output", async () => {
    expect(await printed("echo s3cr3t; sleep 5 &", 4000)).toBe("s3cr3t");
  });

  it("that takes too long is killed with all that it started", async () => {
    const file = join(tempFolder(), "still-there");
    const ended = printed(`(sleep 1; touch '${file}') & wait`, 300);
    await expect(ended).rejects.toMatchObject({ code: "secret-missing" });
    await new Promise((resolve) => setTimeout(resolve, 1200));
    expect(existsSync(file)).toBe(false);
  });

  it("that takes too long is killed, whoever else holds its output", async () => {
    await expect(printed("sleep 60 & wait", 300)).rejects.toMatchObject({
      code: "secret-missing",
      message: 'Cannot get client_secret from the command "sh": it did not end within 0.3 s',
    });
  });

  it("is killed by a stop, whose reason is thrown", async () => {
    const stop = new AbortController();
    const reason = new GraphtapError("stopped", "stopped by a signal");
    const waiting = printed("sleep 60", undefined, stop.signal);
    stop.abort(reason);
    await expect(waiting).rejects.toBe(reason);
  });
});
