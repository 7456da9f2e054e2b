import type { ExitCode } from "../../errors.ts";
import { windowTexts } from "../../state/checkpoint.ts";
import type { Given } from "../options.ts";
import { openChosenState } from "../chosenState.ts";
import type { Runtime } from "../../wiring/runtime.ts";
import { layOut } from "../table.ts";

/** `graphtap gaps`: the ranges that could not be read, and when each is tried again. */
export async function run(given: Given, runtime: Runtime): Promise<ExitCode> {
  const { state, chosen, nameOf } = await openChosenState(given, runtime, true);
  const gaps = chosen.flatMap(({ inputId, service }) =>
    state.stream({ inputId, service }).gaps().list().map((gap) => ({
      input: nameOf(inputId),
      input_id: inputId,
      service,
      ...windowTexts(gap),
      reason: gap.reason,
      since: new Date(gap.sinceMs).toISOString(),
      attempts: gap.attempts,
      next_try: new Date(gap.nextTryMs).toISOString(),
    }))
  );
  state.close();
  const head = ["INPUT", "SERVICE", "FROM", "TO", "REASON", "SINCE", "ATTEMPTS", "NEXT TRY"];
  const rows = gaps.map(({ input_id: _, ...gap }) => Object.values(gap).map(String));
  const text = given.has("json")
    ? `${JSON.stringify(gaps, null, 2)}\n`
    : gaps.length === 0
    ? "no gaps\n"
    : layOut([head, ...rows]);
  await runtime.writeStdout(new TextEncoder().encode(text));
  return 0;
}
