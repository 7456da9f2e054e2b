import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { expect, it } from "vitest";
import { metricsDocument } from "../support/metricsDocument.ts";
import { projectFolder } from "../support/project.ts";

it("src/METRICS.md is the table of metrics; GRAPHTAP_METRICS=1 writes it", () => {
  const path = join(projectFolder, "src/METRICS.md");
  if (process.env["GRAPHTAP_METRICS"] === "1") writeFileSync(path, metricsDocument());
  expect(readFileSync(path, "utf8")).toBe(metricsDocument());
});
