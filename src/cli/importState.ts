/** `graphtap state import`: positions as `state export` prints them, put where streams have none. */
import { GraphtapError } from "../errors.ts";
import { decodeCheckpoint } from "../state/checkpoint.ts";
import type { Gap } from "../state/gap.ts";
import { gapsIn } from "../state/gapLedger.ts";
import type { Lost } from "../state/lost.ts";
import { lostRangesIn } from "../state/lostLedger.ts";
import type { Position } from "../state/position.ts";
import type { State, StreamAddress } from "../state/state.ts";
import { usage } from "./options.ts";

/** A line of an export. */
interface Exported {
  readonly address: StreamAddress;
  readonly position: Position;
  readonly gaps: readonly Gap[];
  readonly lost: readonly Lost[];
}

/**
 * Puts positions into a state folder: all of them, or none when one cannot be. A stream that the folder knows by its
 * name in the export, too, gives its keys along; of others what re-reads meet leaves again, as keys are in no export.
 *
 * @param inputId the input that they are for; without it they keep theirs
 * @returns a line for each
 * @throws usage; state-unusable
 */
export function importState(state: State, text: string, inputId: string | undefined): string[] {
  const lines = text.split("\n").map((line, index) => [line, index + 1] as const)
    .filter(([line]) => line.trim() !== "");
  if (lines.length === 0) throw usage("state", "import found nothing on standard input");
  const imported = lines.map(([line, number]) => readLine(line, number));
  const places = imported.map(({ address }) => ({ ...address, inputId: inputId ?? address.inputId }));
  for (const [index, { inputId, service }] of places.entries()) {
    if (places.some((other, at) => at < index && other.inputId === inputId && other.service === service)) {
      throw usage("state", `import has ${inputId} × ${service} twice; one position a stream`);
    }
    if (state.stream({ inputId, service }).loadPosition() === null) continue;
    throw new GraphtapError(
      "state-unusable",
      `Cannot import ${inputId} × ${service}: it has a position; "graphtap state reset" takes that away first`,
    );
  }
  const there = state.list();
  return imported.map(({ address, position, gaps, lost }, index) => {
    const place = places[index]!;
    const isElsewhere = place.inputId !== address.inputId;
    const others = there.filter((one) =>
      isElsewhere && one.inputId === address.inputId && one.service === address.service
    );
    if (gaps.length > 0) state.stream(place).gaps().save(gaps);
    if (lost.length > 0) state.stream(place).lost().save(lost);
    state.takeOver(place, others, { ...position, interruption: null });
    const keys = others.length > 0 ? ", with its keys" : "";
    return `${place.inputId} × ${place.service}: goes on where the export stood${keys}`;
  });
}

function readLine(line: string, number: number): Exported {
  const wrong = (what: string) => usage("state", `line ${number} of the import ${what}`);
  let value: { checkpoint?: unknown; gaps?: unknown; lost?: unknown } | null;
  try {
    value = JSON.parse(line);
  } catch {
    throw wrong('is not JSON; give what "graphtap state export" prints');
  }
  const decoded = decodeCheckpoint(JSON.stringify(value?.checkpoint ?? null), { inputId: "", service: "" });
  if (decoded.kind === "newer") throw wrong(`is of version ${decoded.version}, written by a newer graphtap`);
  if (decoded.kind === "corrupt") throw wrong(`holds no position: ${decoded.reason}`);
  const gaps = gapsIn(value?.gaps ?? []);
  if (gaps === null) throw wrong("holds gaps that cannot be read");
  const lost = lostRangesIn(value?.lost ?? []);
  if (lost === null) throw wrong("holds lost ranges that cannot be read");
  return { address: decoded.address, position: decoded.position, gaps, lost };
}
