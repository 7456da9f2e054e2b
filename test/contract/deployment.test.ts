/** What is started beside the shippers: its words are this program's, and no unit is less shut in than another. */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { commands } from "../../src/cli/commands.ts";
import { parseOptions } from "../../src/cli/options.ts";
import { projectFolder } from "../support/project.ts";
import { tempFolder } from "../support/tempFolder.ts";

const FOLDERS = ["fluent-bit", "vector"];
const shipped = (ending: string) =>
  FOLDERS.flatMap((folder) =>
    readdirSync(join(projectFolder, folder)).filter((name) => name.endsWith(ending)).toSorted()
      .map((name) => join(folder, name))
  );
const textOf = (file: string) => readFileSync(join(projectFolder, file), "utf8");

/** Throws as the program would, for words that it does not take. */
function accept([name, ...words]: readonly string[]): void {
  const command = commands.find((one) => one.name === name);
  expect(command, name).toBeDefined();
  const given = parseOptions(command!.name, command!.options, words, {});
  expect(given.words).toEqual([]);
}

interface Service {
  readonly command: readonly string[];
  readonly user?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
}

describe("a compose file", () => {
  it.each(shipped("compose.yaml"))(
    "%s starts graphtap by words that it knows, and nobody as root",
    (file) => {
      const { services } = parse(textOf(file)) as { services: Record<string, Service> };
      accept(services["graphtap"]!.command);
      for (const [name, { user, read_only, cap_drop, security_opt }] of Object.entries(services)) {
        expect({ user, read_only, cap_drop, security_opt }, name).toEqual({
          user: "${GRAPHTAP_UID:-1000}:${GRAPHTAP_GID:-1000}",
          read_only: true,
          cap_drop: ["ALL"],
          security_opt: ["no-new-privileges:true"],
        });
      }
    },
  );
});

describe("a systemd unit", () => {
  /** What shuts a service in, without the words about it. */
  const sandboxOf = (text: string) =>
    (/^NoNewPrivileges=[^]*?(?=^\[Install\])/m.exec(text)?.[0] ?? "").split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"));

  it.each(shipped(".service"))("%s is shut in like every other", (file) => {
    const text = textOf(file);
    const [first = ""] = shipped("graphtap-http.service");
    expect(sandboxOf(text)).toEqual(sandboxOf(textOf(first)));
    expect(sandboxOf(text)).toContain("ProtectSystem=strict");
    expect(text).toMatch(/^User=graphtap$/m);
    expect(text).toMatch(/^StateDirectoryMode=0700$/m);
  });

  const canVerify = spawnSync("systemd-analyze", ["--version"]).status === 0;
  if (!canVerify) console.warn("skipped: units are verified by systemd-analyze, which is not here");

  /** What systemd says of a unit. Programs and users that this host does not have would be the only complaint. */
  function verified(file: string, change: (text: string) => string = (text) => text) {
    const text = textOf(file).replace(/^ExecStart=\S+/m, "ExecStart=/bin/true").replace(/^User=.*\n/m, "");
    const unit = join(tempFolder(), basename(file));
    writeFileSync(unit, change(text));
    const { status, stderr } = spawnSync("systemd-analyze", ["verify", unit], { encoding: "utf8" });
    return { status, said: stderr.split("\n").filter((line) => line.includes(basename(file))) };
  }

  it.skipIf(!canVerify).each(shipped(".service"))(
    "%s is one that systemd understands to the last word",
    (file) => {
      expect(verified(file)).toEqual({ status: 0, said: [] });
      const misspelt = verified(file, (text) => text.replace(/^StateDirectory=/m, "StateFolder="));
      expect(misspelt.said.join()).toContain("StateFolder");
    },
  );

  it.each(shipped("graphtap-http.service"))(
    "%s tells systemd how it is, which may come from systemd-notify",
    (file) => {
      const text = textOf(file);
      for (const line of ["Type=notify", "NotifyAccess=all", "WatchdogSec=300"]) {
        expect(text).toMatch(new RegExp(`^${line}$`, "m"));
      }
    },
  );

  it.each(FOLDERS)("of %s/ can write wherever its configurations say", (folder) => {
    const isInside = (path: string, of: string) => `${path}/`.startsWith(`${of}/`);
    const units = shipped(".service").filter((file) => file.startsWith(folder)).map(textOf);
    const written = shipped(".yaml").filter((file) => file.startsWith(folder)).map(textOf)
      .flatMap((text) => [...text.matchAll(/\/var\/[\w./-]+/g)].map(([path]) => path));
    expect(written).toContain("/var/lib/graphtap/state");
    for (const text of units) {
      const folders = (/^StateDirectory=(.*)$/m.exec(text)?.[1] ?? "").split(" ").map((name) =>
        `/var/lib/${name}`
      );
      for (const path of written) expect(folders.some((of) => isInside(path, of)), path).toBe(true);
    }
  });

  it.each(shipped("exec.yaml").concat(shipped("exec-interval.yaml")))(
    "%s keeps its state where its unit may write",
    (file) => {
      expect(textOf(file)).toMatch(/"?--state"?,? \/var\/lib\/graphtap\/state/);
    },
  );

  it.each(shipped("graphtap-http.service"))("%s starts graphtap by words that it knows", (file) => {
    const start = /^ExecStart=\/usr\/bin\/env graphtap (.*)$/m.exec(textOf(file))?.[1];
    accept(start?.split(" ") ?? [basename(file)]);
  });
});

it("the image runs as a number, and brings what it copies", () => {
  const text = textOf("Dockerfile");
  expect(text).toMatch(/^USER 1000:1000$/m);
  expect(text, "no debugger at SIGUSR1, from the first moment on").toMatch(
    /^ENV .*NODE_OPTIONS=--disable-sigusr1\b/m,
  );
  for (const [, paths = ""] of text.matchAll(/^COPY (?!--from)(.*) \S+$/gm)) {
    for (const path of paths.split(" ")) expect(existsSync(join(projectFolder, path)), path).toBe(true);
  }
  const [, words = "[]"] = /^CMD (\[.*\])$/m.exec(text) ?? [];
  accept(JSON.parse(words) as string[]);
});
