import type { ExitCode } from "../../errors.ts";
import { windowTexts } from "../../state/checkpoint.ts";
import { visibleLine } from "../../telemetry/visible.ts";
import type { Given } from "../options.ts";
import { type ChosenState, openChosenState } from "../chosenState.ts";
import type { Runtime } from "../../wiring/runtime.ts";
import { layOut } from "../table.ts";

/** `graphtap gaps`: the ranges that could not be read, and when each is tried again; and those that are lost for good. */
export async function run(given: Given, runtime: Runtime): Promise<ExitCode> {
  const opened = await openChosenState(given, runtime, true);
  try {
    if (given.has("forget")) forget(opened, runtime);
    else {await runtime.writeStdout(
        new TextEncoder().encode(given.has("json") ? json(opened) : tables(opened)),
      );}
    return 0;
  } finally {
    opened.state.close();
  }
}

function forget({ state, chosen, nameOf }: ChosenState, runtime: Runtime): void {
  const forgotten = chosen.flatMap((address) =>
    state.stream(address).lost().forget().map((lost) => {
      const { from, to } = windowTexts(lost);
      return visibleLine(
        `forgot ${nameOf(address.inputId)} × ${address.service}: ${from} to ${to} (${lost.reason})`,
      );
    })
  );
  const said = forgotten.length === 0 ? ["nothing to forget: nothing is lost"] : forgotten;
  for (const line of said) runtime.writeStderr(`${line}\n`);
}

/** Of what is tried again only: what is lost is in `state show --json`. */
function json(opened: ChosenState): string {
  return `${JSON.stringify(gapsOf(opened), null, 2)}\n`;
}

function gapsOf({ state, chosen, nameOf }: ChosenState) {
  return chosen.flatMap(({ inputId, service }) =>
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
}

function tables(opened: ChosenState): string {
  const gaps = gapsOf(opened).map(({ input_id: _, ...gap }) => Object.values(gap).map(String));
  const head = ["INPUT", "SERVICE", "FROM", "TO", "REASON", "SINCE", "ATTEMPTS", "NEXT TRY"];
  const lost = lostRows(opened);
  return (gaps.length === 0 ? "no gaps\n" : layOut([head, ...gaps])) +
    (lost.length === 0 ? "" : lostTable(lost));
}

function lostRows({ state, chosen, nameOf }: ChosenState): string[][] {
  return chosen.flatMap(({ inputId, service }) =>
    state.stream({ inputId, service }).lost().list().map((lost) => {
      const { from, to } = windowTexts(lost);
      return [nameOf(inputId), service, from, to, lost.reason, new Date(lost.sinceMs).toISOString()];
    })
  );
}

function lostTable(rows: readonly string[][]): string {
  const head = ["INPUT", "SERVICE", "FROM", "TO", "REASON", "GIVEN UP"];
  return `\nlost for good, since Graph keeps it no longer (--forget when you have taken note):\n${
    layOut([head, ...rows])
  }`;
}
