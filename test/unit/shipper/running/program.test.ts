import { describe, expect, it } from "vitest";
import { findShipper } from "../../../../src/shipper/running/program.ts";

/** A host on which these paths answer so. */
const host = (answers: Readonly<Record<string, string>>) => (path: string) =>
  Promise.resolve(answers[path] ?? new Error("there is no such program"));
const FLUENT_BIT = "Fluent Bit v5.1.1\nGit commit: \n";
const VECTOR = "vector 0.57.0 (x86_64-unknown-linux-gnu)\n";

describe("a shipper is found", () => {
  it.each([
    [undefined, { "fluent-bit": FLUENT_BIT, "vector": VECTOR }, ["fluent-bit", "fluent-bit", "5.1.1"]],
    [undefined, { "/opt/fluent-bit/bin/fluent-bit": FLUENT_BIT, "vector": VECTOR }, [
      "fluent-bit",
      "/opt/fluent-bit/bin/fluent-bit",
      "5.1.1",
    ]],
    [undefined, { "vector": VECTOR }, ["vector", "vector", "0.57.0"]],
    ["vector", { "fluent-bit": FLUENT_BIT, "vector": VECTOR }, ["vector", "vector", "0.57.0"]],
    ["/some/where", { "/some/where": VECTOR }, ["vector", "/some/where", "0.57.0"]],
  ])("--with %s on %j", async (wanted, answers, expected) => {
    const { name, path, version } = await findShipper(wanted, host(answers));
    expect([name, path, version]).toEqual(expected);
  });

  it.each([
    [undefined, {}, /Cannot find a shipper: fluent-bit: there is no such program; .*--with PATH/],
    ["fluent-bit", { "vector": VECTOR }, /Cannot find "fluent-bit"/],
    ["/bin/cat", { "/bin/cat": "cat (GNU coreutils) 9.1" }, /neither as Fluent Bit nor as Vector/],
    [undefined, { "fluent-bit": "Fluent Bit v3.2.10" }, /version 3\.2\.10, expected 4\.0 or later/],
  ])("or not: --with %s on %j", async (wanted, answers, message) => {
    await expect(findShipper(wanted, host(answers))).rejects.toMatchObject({
      code: "shipper-missing",
      message: expect.stringMatching(message),
    });
  });
});
