import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { groupNumber } from "../../../src/files/groups.ts";
import { tempFolder } from "../../support/tempFolder.ts";

describe("the number of a group", () => {
  const groups = () => {
    const file = join(tempFolder(), "group");
    writeFileSync(file, "root:x:0:\nfluent-bit:x:991:vector,other\nbroken\nodd:x:many:\n");
    return file;
  };

  it.each([
    ["a name", "fluent-bit", 991],
    ["a number, whether it is listed or not", "4711", 4711],
    ["a name that is not listed", "vector", null],
    ["a part of a name", "fluent", null],
    ["a name with a number that is none", "odd", null],
  ])("of %s", (_, group, number) => expect(groupNumber(group, groups())).toBe(number));

  it("is not known where no file lists groups", () => {
    expect(groupNumber("root", join(tempFolder(), "none"))).toBeNull();
  });
});
