import { spawn, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { readWholeFile } from "../../src/files/wholeFile.ts";
import { run } from "../support/program.ts";
import { CONTOSO, contoso, openSite } from "../support/site.ts";
import { tempFolder } from "../support/tempFolder.ts";

describe("a file that is read whole, from a pipe", () => {
  const pipe = () => {
    const path = join(tempFolder(), "pipe");
    spawnSync("mkfifo", [path]);
    return path;
  };
  /** Another process that opens the pipe to write to it. */
  const writer = (script: string, path: string) => {
    const child = spawn("sh", ["-c", script, "sh", path]);
    onTestFinished(() => void child.kill("SIGKILL"));
  };
  const silent = expect.objectContaining({ code: "ETIMEDOUT" });

  it("comes whole, however late and slowly", () => {
    const path = pipe();
    writer('sleep 0.2; { printf "one "; sleep 0.3; printf two; } > "$1"', path);
    expect(readWholeFile(path, 5000).toString("utf8")).toBe("one two");
  });

  it("is not waited for when nobody writes to it", () => {
    expect(() => readWholeFile(pipe(), 60)).toThrow(silent);
  });

  it("is not waited for when its writer says nothing", () => {
    const path = pipe();
    writer('exec 3<> "$1"; sleep 20', path);
    expect(() => readWholeFile(path, 400)).toThrow(silent);
  });
});

it("a secret in a pipe that nobody writes to is refused, and soon", async () => {
  const site = await openSite();
  const secret = join(site.folder, "secret");
  spawnSync("mkfifo", [secret]);
  const config = site.write([contoso("directory_audits")]);
  const text = readFileSync(config, "utf8");
  writeFileSync(
    config,
    text.replace(JSON.stringify(CONTOSO.clientSecret), JSON.stringify({ file: secret })),
  );
  const { code, stderr } = await run(["check", "-c", config]);
  expect(code, stderr).toBe(2);
  expect(stderr).toMatch(
    /client_secret\.file: cannot read file ".*": it is a pipe, and nothing comes from it/,
  );
});
