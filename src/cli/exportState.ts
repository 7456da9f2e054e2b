/** `graphtap state export`: streams with all that is durable of them, for `state import` into another folder. */
import type { StreamAddress } from "../state/state.ts";
import { exportEnd } from "../state/transfer/exported.ts";
import { visibleLine } from "../telemetry/visible.ts";
import type { Runtime } from "../wiring/runtime.ts";
import type { ChosenState } from "./chosenState.ts";

/**
 * Prints the chosen streams. What was moved away is left out where no input is named: the folder it went to knows more.
 *
 * @param moves whether they do not go on here from then on: noted before the last line is printed
 * @throws state-unusable; sink-closed
 */
export async function exportState(opened: ChosenState, runtime: Runtime, moves: boolean): Promise<void> {
  const { state, chosen, inputIds, nameOf } = opened;
  const say = (address: StreamAddress, what: string) =>
    runtime.writeStderr(`${visibleLine(`${nameOf(address.inputId)} × ${address.service}: ${what}`)}\n`);
  const exported: StreamAddress[] = [];
  for (const address of chosen) {
    if (inputIds.length === 0 && state.elsewhere.has(address)) {
      say(address, "left out, for it was moved away; name its input to have it all the same");
      continue;
    }
    const lines = state.exported(address);
    if (lines === null) {
      say(address, "left out, for it has no position");
      continue;
    }
    for (const line of lines) await print(runtime, line);
    exported.push(address);
  }
  // Without its last line no export is taken, so whoever is killed here leaves no stream that goes on in two folders.
  if (moves) state.elsewhere.add(exported);
  await print(runtime, exportEnd(exported.length));
  if (moves) { for (const address of exported) say(address, "moved: it does not go on here"); }
}

function print(runtime: Runtime, text: string): Promise<void> {
  return runtime.writeStdout(new TextEncoder().encode(text));
}
