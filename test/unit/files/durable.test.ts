import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  isFolder,
  makeFolder,
  openFile,
  readFileIfAny,
  removeUnfinished,
  replaceFile,
} from "../../../src/files/durable.ts";
import { freshFolder } from "../../support/state.ts";

const modeOf = (path: string) => statSync(path).mode & 0o777;

describe("a durable file", () => {
  it("is replaced as a whole, is private, and leaves nothing else behind", () => {
    const dir = freshFolder();
    const path = join(dir, "file");
    replaceFile(path, "first, and longer");
    replaceFile(path, new TextEncoder().encode("second"));
    expect(readFileSync(path, "utf8")).toBe("second");
    expect([modeOf(path), readdirSync(dir)]).toEqual([0o600, ["file"]]);
  });

  it("takes no harm from what a killed process left half written", () => {
    const dir = freshFolder();
    const path = join(dir, "file");
    writeFileSync(`${path}.tmp`, "half of something much longer than the content");
    replaceFile(path, "whole");
    expect(readFileSync(path, "utf8")).toBe("whole");
    writeFileSync(join(dir, "other.tmp"), "half");
    removeUnfinished(dir);
    expect(readdirSync(dir)).toEqual(["file"]);
  });

  it("that is missing is no error", () => {
    expect(readFileIfAny(join(freshFolder(), "none", "such"))).toBeNull();
  });

  it.each<[string, (link: string) => void]>([
    ["read", (link) => readFileIfAny(link)],
    ["opened", (link) => openFile(link, "write")],
    ["written by way of its unfinished name", (link) => replaceFile(link.slice(0, -".tmp".length), "x")],
    ["used as a folder", (link) => isFolder(link)],
  ])("is not %s through a symbolic link", (_, use) => {
    const dir = freshFolder();
    const target = join(dir, "target");
    const link = join(dir, "link.tmp");
    writeFileSync(target, "untouched");
    symlinkSync(target, link);
    expect(() => use(link)).toThrow(expect.objectContaining({
      code: "state-unusable",
      message: expect.stringContaining("ELOOP; it is a symbolic link"),
    }));
    expect(readFileSync(target, "utf8")).toBe("untouched");
  });
});

describe("a folder", () => {
  it("is made with those above it, private, and may be there already", () => {
    const path = join(freshFolder(), "a", "b", "c");
    makeFolder(path);
    makeFolder(path);
    expect([modeOf(path), modeOf(join(path, ".."))]).toEqual([0o700, 0o700]);
  });

  it.each([
    [
      "a file is in its way",
      (dir: string) => (writeFileSync(join(dir, "file"), ""), join(dir, "file", "x")),
      "ENOTDIR",
    ],
    ["its name is too long", (dir: string) => join(dir, "x".repeat(300)), "ENAMETOOLONG"],
    ["the file system takes no folders", () => "/proc/graphtap/x", "ENOENT"],
  ])("that cannot be made because %s is an error that names it", (_, prepare, code) => {
    const path = prepare(freshFolder());
    expect(() => makeFolder(path)).toThrow(expect.objectContaining({
      code: "state-unusable",
      message: expect.stringMatching(new RegExp(`^Cannot create "/.*": ${code}; .+`)),
    }));
  });

  it("is told from a file", () => {
    const dir = freshFolder();
    mkdirSync(join(dir, "folder"));
    writeFileSync(join(dir, "file"), "");
    expect([isFolder(join(dir, "folder")), isFolder(join(dir, "none"))]).toEqual([true, false]);
    expect(() => isFolder(join(dir, "file"))).toThrow("ENOTDIR");
  });
});
