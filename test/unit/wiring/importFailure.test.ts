import { describe, expect, it } from "vitest";
import { whyNotImported } from "../../../src/wiring/importFailure.ts";

const failed = (message: string, code?: string) =>
  Object.assign(new Error(message), code === undefined ? {} : { code });

describe("why a plugin's module cannot be imported", () => {
  it.each([
    [
      "TypeScript on an old Node",
      failed('Unknown file extension ".ts"', "ERR_UNKNOWN_FILE_EXTENSION"),
      /^this Node runs no TypeScript; take Node 22\.18/,
    ],
    [
      "an enum",
      failed("enum is not supported", "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX"),
      /no enum and no namespace: enum is not/,
    ],
    [
      "the program where it is not found",
      failed("Cannot find package '@graphtap/graphtap'", "ERR_MODULE_NOT_FOUND"),
      /^Cannot find .*deno add jsr:@graphtap\/graphtap.*export default/,
    ],
    [
      "something else that is not there",
      failed("Cannot find module './x.ts'", "ERR_MODULE_NOT_FOUND"),
      /^it imports what is not there: Cannot find module/,
    ],
    ["what is no code", new SyntaxError("Unexpected token"), /^it cannot be read as code: Unexpected token$/],
    ["code that throws", new TypeError("a is\nundefined"), /^its code failed: a is$/],
    ["code that throws no error", "no", /^its code failed: no$/],
  ])("is told of %s", (_, thrown, expected) => expect(whyNotImported(thrown)).toMatch(expected));
});
