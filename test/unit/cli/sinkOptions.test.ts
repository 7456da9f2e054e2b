import { Buffer } from "node:buffer";
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { commands } from "../../../src/cli/commands.ts";
import { parseOptions } from "../../../src/cli/options.ts";
import { sinkOptions } from "../../../src/cli/sinkOptions.ts";
import { tempFolder } from "../../support/tempFolder.ts";

const options = commands.find(({ name }) => name === "run")!.options;
const choose = (args: string[], env: Record<string, string> = {}, insecure = false) =>
  sinkOptions(parseOptions("run", options, args, env), env, insecure);
const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;
const HTTP = { kind: "http", authorization: null, body: "lines", gzip: false, deadLetter: null };
const FILE = {
  kind: "file",
  rotateBytes: 67_108_864,
  rotateSeconds: 3600,
  maxSpoolBytes: null,
  keepSeconds: null,
  access: { mode: null, group: null },
};

describe("--to", () => {
  it.each([
    [[], { kind: "stdout" }],
    [["--to", "stdout"], { kind: "stdout" }],
    [["--to", "file:events.ndjson"], { ...FILE, path: resolve("events.ndjson") }],
    [["--to", "file:/var/spool/events.ndjson"], { ...FILE, path: "/var/spool/events.ndjson" }],
    [["--to", "file:///var/spool/events.ndjson"], { ...FILE, path: "/var/spool/events.ndjson" }],
    [["--to", "file:/e", "--rotate-bytes", "1000", "--rotate-seconds", "60", "--max-spool-bytes", "9000"], {
      ...FILE,
      path: "/e",
      rotateBytes: 1000,
      rotateSeconds: 60,
      maxSpoolBytes: 9000,
    }],
    [["--to", "file:/e", "--spool-mode", "0640", "--spool-group", "4711"], {
      ...FILE,
      path: "/e",
      access: { mode: 0o640, group: 4711 },
    }],
    [["--to", "file:/e", "--keep-seconds", "172800"], { ...FILE, path: "/e", keepSeconds: 172_800 }],
    [["--to", "http://127.0.0.1:9880"], { ...HTTP, url: "http://127.0.0.1:9880/" }],
    [["--to", "http://localhost:9880/a.b", "--body", "fluent-bit", "--gzip", "--dead-letter", "/d"], {
      ...HTTP,
      url: "http://localhost:9880/a.b",
      body: "fluent-bit",
      gzip: true,
      deadLetter: "/d",
    }],
    [["--to", "https://side%40car:p%3Ass%20w%C3%B6rd@vector.example/ingest"], {
      ...HTTP,
      url: "https://vector.example/ingest",
      authorization: basic("side@car:p:ss wörd"),
    }],
  ])("%j", (args, choice) => expect(choose(args)).toEqual(choice));

  it("takes plain http to other hosts only where the configuration allows it", () => {
    const to = ["--to", "http://shipper:9880/"];
    expect(() => choose(to)).toThrow(expect.objectContaining({ code: "usage" }));
    expect(choose(to, {}, true)).toEqual({ ...HTTP, url: "http://shipper:9880/" });
  });

  it("takes the authorisation from a file or from the environment", () => {
    const file = join(tempFolder(), "auth");
    writeFileSync(file, "Bearer abc.def\n");
    const to = ["--to", "https://vector.example/"];
    expect(choose([...to, "--auth-file", file])).toMatchObject({ authorization: "Bearer abc.def" });
    expect(choose(to, { GRAPHTAP_SINK_AUTH: basic("a:b") })).toMatchObject({ authorization: basic("a:b") });
  });

  it.each<[string, string[], Record<string, string>, string]>([
    ["an unknown kind", ["--to", "tcp://host:1"], {}, 'begins with "tcp"'],
    ["a mistyped address with a password", ["--to", "htps://user:s3cr3t@host/"], {}, 'begins with "htps"'],
    ["a path without its kind", ["--to", "/var/spool/s3cr3t"], {}, "expected stdout, file:PATH"],
    ["no path", ["--to", "file:"], {}, "expected stdout, file:PATH"],
    ["a size that is none", ["--to", "file:/e", "--rotate-bytes", "64M"], {}, '--rotate-bytes is "64M"'],
    ["an age of nothing", ["--to", "file:/e", "--rotate-seconds", "0"], {}, "from 1 on"],
    [
      "a body of another kind",
      ["--to", "https://h/", "--body", "xml"],
      {},
      "expected one of lines, fluent-bit",
    ],
    [
      "two authorisations",
      ["--to", "https://u:s3cr3t@h/"],
      { GRAPHTAP_SINK_AUTH: "Bearer s3cr3t" },
      "one place",
    ],
    ["a header that is none", ["--to", "https://h/"], { GRAPHTAP_SINK_AUTH: "s3cr3t" }, "GRAPHTAP_SINK_AUTH"],
    [
      "a header of two lines",
      ["--to", "https://h/"],
      { GRAPHTAP_SINK_AUTH: "Bearer s3cr3t\nX: y" },
      "one line",
    ],
    ["a ~ that the shell left", ["--to", "file:~/spool/e"], {}, "nothing replaces the ~ there"],
    ["the same in a variable", [], { GRAPHTAP_TO: "file:~/spool/e" }, "nothing replaces the ~ there"],
    ["the same of another option", ["--to", "https://h/", "--dead-letter=~me/d"], {}, "--dead-letter is"],
    ["the same of the state folder", ["--state=~/state"], {}, "--state is"],
    ["files that all may write", ["--to", "file:/e", "--spool-mode", "0666"], {}, '--spool-mode is "0666"'],
    ["a mode that is none", ["--to", "file:/e", "--spool-mode", "rw-r-----"], {}, "expected 0600, 0640"],
    ["an unknown group", ["--to", "file:/e", "--spool-group", "no such group"], {}, "expected a group"],
    ["a broken escape", ["--to", "https://u:s3cr3t%@h/"], {}, "%25"],
  ])("refuses %s, and shows no secret", (_, args, env, words) => {
    let message = "";
    try {
      choose(args, env);
    } catch (error) {
      expect(error).toMatchObject({ code: "usage" });
      message = (error as Error).message;
    }
    expect(message).toContain(words);
    expect(message).not.toContain("s3cr3t");
  });

  it("is --sink where --to is a time, in messages too", () => {
    const given = (sink: string) =>
      parseOptions("replay", commands.find(({ name }) => name === "replay")!.options, [
        "--to",
        "2026-11-22T16:00:00Z",
        "--sink",
        sink,
      ], {});
    expect(sinkOptions(given("file:/e"), {}, false, "sink")).toEqual({ ...FILE, path: "/e" });
    const message = '--sink begins with "tcp", expected stdout, file:PATH or http(s)://HOST/PATH; ' +
      'see "graphtap replay --help"';
    expect(() => sinkOptions(given("tcp://host:1"), {}, false, "sink")).toThrow(message);
    expect(() => sinkOptions(given("http://shipper:1/"), {}, false, "sink")).toThrow("--sink is plain http");
  });

  it("names a file of authorisation that is not there", () =>
    expect(() => choose(["--to", "https://h/", "--auth-file", "/nowhere"])).toThrow(
      expect.objectContaining({ code: "secret-missing" }),
    ));
});
