import { systemClock } from "../../clock.ts";
import type { ExitCode } from "../../errors.ts";
import { describePlan } from "../../shipper/running/describe.ts";
import { askVersionBy, runProgram } from "../../shipper/running/install.ts";
import { findShipper } from "../../shipper/running/program.ts";
import { createLog } from "../../telemetry/log.ts";
import { readConfig } from "../../wiring/configFile.ts";
import { keepUp } from "../../wiring/keepUp.ts";
import type { Runtime } from "../../wiring/runtime.ts";
import { type Given, usage } from "../options.ts";
import { logOptions } from "../tapOptions.ts";
import { checkTapWords, planFor, tapWords } from "../upOptions.ts";

/** `graphtap up`: a shipper that is kept alive, and before it `run`, or `serve` where it shall listen. */
export async function run(given: Given, runtime: Runtime): Promise<ExitCode> {
  if (given.all("config").includes("-")) {
    throw usage("up", "-c is -, expected a file or folder: it is read more than once");
  }
  const now = () => systemClock.now();
  const program = await findShipper(given.text("with"), askVersionBy(runProgram));
  const read = () => readConfig(given.all("config"), runtime, now());
  const loaded = await read();
  const plan = planFor(given, program, loaded, runtime.env, now());
  const words = tapWords(given, plan, runtime);
  checkTapWords(words, loaded, runtime);
  if (given.has("dry-run")) {
    await runtime.writeStdout(new TextEncoder().encode(describePlan(plan, program)));
    return 0;
  }
  const options = logOptions(given, runtime, loaded.config.globals.debug);
  const tap = given.text("listen") === undefined ? import("./run.ts") : import("./serve.ts");
  return await keepUp({
    log: createLog({ ...options, write: runtime.writeStderr, now }),
    plan,
    wait: given.has("wait"),
    async planAgain() {
      const again = await read().catch(() => null);
      return again === null ? null : planFor(given, program, again, runtime.env, now());
    },
    deliver: async (process) => (await tap).run(words, process),
  }, runtime);
}
