import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { OPENSSL_CONF, OPENSSL_CONF_NOTE } from "../../../src/shipper/opensslConf.ts";
import { projectFolder } from "../../support/project.ts";

describe("the file that keeps Vector to TLS 1.2", () => {
  it("is the one in vector/", () => {
    expect(readFileSync(join(projectFolder, "vector", "openssl.cnf"), "utf8")).toBe(OPENSSL_CONF);
  });

  it("stands in the head of a configuration, line by line", () => {
    const lines = OPENSSL_CONF_NOTE.split("\n").map((line) => line.trim());
    expect(lines.slice(1)).toEqual(OPENSSL_CONF.trimEnd().split("\n"));
  });

  it.each(["graphtap-vector.service", "compose.yaml"])("is named by vector/%s", (name) => {
    const text = readFileSync(join(projectFolder, "vector", name), "utf8");
    expect(text).toMatch(/OPENSSL_CONF[=:] ?\S*\/(etc|graphtap)\S*\.cnf/);
  });
});
