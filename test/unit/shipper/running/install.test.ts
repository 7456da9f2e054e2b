import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { askVersionBy, installPlan, type RunProgram } from "../../../../src/shipper/running/install.ts";
import type { ShipperPlan } from "../../../../src/shipper/running/plan.ts";
import { tempFolder } from "../../../support/tempFolder.ts";

const never = new AbortController().signal;
const noProgram = Object.assign(new Error("spawn ENOENT"), { code: "ENOENT" });
type Output = Awaited<ReturnType<RunProgram>>;

/** A program that ends so. */
const ends = (end: Output["end"], complained = "", printed = ""): RunProgram => () =>
  Promise.resolve({ printed, complained, end });

function planned(configuration: string, home = tempFolder()): ShipperPlan {
  const folder = join(home, "vector");
  return {
    name: "vector",
    folder,
    folders: [join(folder, "spool")],
    configuration,
    files: { [join(folder, "openssl.cnf")]: "MaxProtocol = TLSv1.2\n" },
    path: join(folder, "vector.yaml"),
    judge: (path: string) => ["/opt/vector", "validate", path],
  } as Partial<ShipperPlan> as ShipperPlan;
}

describe("a configuration is put in its place", () => {
  it("with its folders and files, for its owner alone, and nothing beside them", async () => {
    const plan = planned("sources: {}\n");
    await installPlan(plan, ends(0), never);
    expect(readFileSync(plan.path, "utf8")).toBe("sources: {}\n");
    expect(readdirSync(plan.folder).toSorted()).toEqual(["openssl.cnf", "spool", "vector.yaml"]);
    for (const file of [plan.path, ...Object.keys(plan.files)]) {
      expect(statSync(file).mode & 0o777).toBe(0o600);
    }
  });

  it("when the shipper has judged that very text", async () => {
    const judged: string[] = [];
    const plan = planned("sources: {}\n");
    await installPlan(plan, (program, [word, path = ""]) => {
      judged.push(`${program} ${word}`, readFileSync(path, "utf8"));
      expect(path).toMatch(/\.yaml$/);
      return ends(0)(program, []);
    }, never);
    expect(judged).toEqual(["/opt/vector validate", "sources: {}\n"]);
  });

  it("but not when the shipper refuses it: what it ran by stays, and its words are told without a token", async () => {
    const home = tempFolder();
    const good = planned("sources: {}\n", home);
    await installPlan(good, ends(0), never);
    const words = "2026-11-30T04:45:12Z ERROR vector: no address: https://h/stream/d/token!0123456789abcdef/";
    await expect(installPlan(planned("wrong: {}\n", home), ends("exit code 78", words), never)).rejects
      .toMatchObject({
        code: "shipper-refused",
        message: "vector refuses the configuration that was written for it (exit code 78):\n" +
          "vector: no address: https://h/stream/d/token!…/",
      });
    expect(readFileSync(good.path, "utf8")).toBe("sources: {}\n");
    expect(readdirSync(good.folder)).not.toContain("candidate.yaml");
  });

  it("nor when the shipper is gone, which is another failure", async () => {
    const plan = planned("sources: {}\n");
    await expect(installPlan(plan, ends(noProgram), never)).rejects.toMatchObject({
      code: "shipper-missing",
      message: "Cannot run /opt/vector: there is no such program",
    });
    expect(existsSync(plan.path)).toBe(false);
  });

  it("nor when the stop comes while the shipper judges", async () => {
    const plan = planned("sources: {}\n");
    const stop = new AbortController();
    const stopped: RunProgram = (program, words) => {
      stop.abort(new Error("stopped by SIGTERM"));
      return ends("timeout")(program, words);
    };
    await expect(installPlan(plan, stopped, stop.signal)).rejects.toThrow("stopped by SIGTERM");
    expect(existsSync(plan.path)).toBe(false);
  });
});

describe("a program that is asked for its version", () => {
  it.each([[ends(0, "", "Fluent Bit v5.1.1\n")], [ends("exit code 1", "Fluent Bit v5.1.1\n")]])(
    "has answered with what it wrote, wherever and however it ended",
    async (run) => expect(await askVersionBy(run)("fluent-bit")).toContain("Fluent Bit v5.1.1"),
  );

  it("has not when it cannot be run, and the reason is known", async () => {
    expect(await askVersionBy(ends(noProgram))("vector")).toEqual(new Error("there is no such program"));
  });
});
