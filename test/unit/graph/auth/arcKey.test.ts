import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { keyOfChallenge, readKeyFile } from "../../../../src/graph/auth/arcKey.ts";
import { tempFolder } from "../../../support/tempFolder.ts";

const FOLDER = "/var/opt/azcmagent/tokens";
const WINDOWS = "C:\\ProgramData\\AzureConnectedMachineAgent\\Tokens";

describe("the key that Azure Arc asks for", () => {
  it.each([
    [`Basic realm=${FOLDER}/0a1b.key`, FOLDER],
    [`basic realm="${FOLDER}/0a1b.key"`, FOLDER],
    [`Basic realm=${WINDOWS}\\0a1b.key`, WINDOWS],
    [`Basic realm=c:\\programdata\\AzureConnectedMachineAgent\\tokens\\0a1b.key`, WINDOWS],
  ])("is read where the agent keeps its keys: %s", (challenge, folder) => {
    expect(keyOfChallenge(challenge, folder, (path) => `key of ${path.slice(-8)}\n`)).toBe("key of 0a1b.key");
  });

  it.each([
    ["no challenge", null, FOLDER],
    ["another scheme", "Bearer realm=x", FOLDER],
    ["a file elsewhere", "Basic realm=/etc/shadow", FOLDER],
    ["a file elsewhere that is named so", "Basic realm=/home/u/.ssh/id.key", FOLDER],
    ["a way out of the folder", `Basic realm=${FOLDER}/../../../../etc/shadow.key`, FOLDER],
    ["a folder within", `Basic realm=${FOLDER}/x/0a1b.key`, FOLDER],
    ["another file in the folder", `Basic realm=${FOLDER}/agent.json`, FOLDER],
    ["a file beside the folder", `Basic realm=${FOLDER}.key`, FOLDER],
    ["a way out on Windows", `Basic realm=${WINDOWS}\\..\\0a1b.key`, WINDOWS],
    ["another host's share", "Basic realm=\\\\host\\share\\0a1b.key", WINDOWS],
  ])("is never read from %s", (_, challenge, folder) => {
    const read = () => {
      throw new Error("read");
    };
    expect(() => keyOfChallenge(challenge, folder, read)).toThrow(
      expect.objectContaining({
        code: "token-refused",
        message: expect.stringMatching(
          /^Cannot get a token from the agent of Azure Arc: it asks for .+ on its port$/,
        ),
      }),
    );
  });

  it("may be one that this user cannot read", () => {
    const read = () => {
      throw Object.assign(new Error("denied"), { code: "EACCES" });
    };
    expect(() => keyOfChallenge(`Basic realm=${FOLDER}/0a1b.key`, FOLDER, read)).toThrow(
      expect.objectContaining({
        code: "secret-unreadable",
        message:
          `Cannot read the key "${FOLDER}/0a1b.key" of Azure Arc: permission denied; make the user that graphtap ` +
          'runs as a member of the group himds, on Windows of "Hybrid agent extension applications"',
      }),
    );
  });
});

describe("the file of a key", () => {
  it("has 4,096 bytes at most", () => {
    const path = join(tempFolder(), "a.key");
    writeFileSync(path, "k".repeat(4096));
    expect(readKeyFile(path)).toHaveLength(4096);
    writeFileSync(path, "k".repeat(4097));
    expect(() => readKeyFile(path)).toThrow(expect.objectContaining({ code: "EFBIG" }));
  });

  it("is a plain file", () => {
    const folder = tempFolder();
    writeFileSync(join(folder, "precious"), "x");
    symlinkSync(join(folder, "precious"), join(folder, "a.key"));
    mkdirSync(join(folder, "b.key"));
    expect(() => readKeyFile(join(folder, "a.key"))).toThrow(expect.objectContaining({ code: "ELOOP" }));
    expect(() => readKeyFile(join(folder, "b.key"))).toThrow();
    expect(() => readKeyFile(join(folder, "c.key"))).toThrow(expect.objectContaining({ code: "ENOENT" }));
  });
});
