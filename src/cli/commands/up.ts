import { systemClock } from "../../clock.ts";
import type { ExitCode } from "../../errors.ts";
import { describePlan } from "../../shipper/running/describe.ts";
import { askVersionBy, runProgram } from "../../shipper/running/install.ts";
import { findShipper } from "../../shipper/running/program.ts";
import { type LoadedConfig, readConfig } from "../../wiring/configFile.ts";
import { keepUp } from "../../wiring/keepUp.ts";
import type { Runtime } from "../../wiring/runtime.ts";
import { type Given, usage } from "../options.ts";
import { planFor, tapWords } from "../upOptions.ts";

/** `graphtap up`: a shipper that is kept alive, and before it `run`, or `serve` where it shall listen. */
export async function run(given: Given, runtime: Runtime): Promise<ExitCode> {
  if (given.all("config").includes("-")) {
    throw usage("up", "-c is -, expected a file or folder: it is read more than once");
  }
  const now = () => systemClock.now();
  const program = await findShipper(given.text("with"), askVersionBy(runProgram));
  const loaded = await readConfig(given.all("config"), runtime, now());
  const plan = planFor(given, program, loaded, runtime.env, now());
  if (given.has("dry-run")) {
    await runtime.writeStdout(new TextEncoder().encode(describePlan(plan, program)));
    return 0;
  }
  const planBy = (again: LoadedConfig) => planFor(given, program, again, runtime.env, now());
  const words = tapWords(given, plan, runtime);
  const { deliver } = await (given.text("listen") === undefined ? import("./run.ts") : import("./serve.ts"));
  return await deliver(words, runtime, keepUp(planBy));
}
