/** Opens a tap of a command that reads its configuration once; with `--wait` when no other process has the state folder. */
import type { LoadedConfig } from "./configFile.ts";
import type { Runtime } from "./runtime.ts";
import { standBy } from "./standBy.ts";
import { openTap, stopFor, type Tap, type TapOptions } from "./tap.ts";

/** @throws state-*, sink-full, sink-unusable; the reason of a stop, while it stands by */
export async function openWhenFree(
  options: TapOptions,
  runtime: Runtime,
  loaded: LoadedConfig,
): Promise<Tap> {
  const stop = stopFor(options, runtime);
  const taken = await standBy(options, runtime, stop);
  return openTap(options, runtime, loaded, { ...taken, stop });
}
