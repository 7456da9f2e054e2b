/** Ways to do the same work, measured in turns, so that whatever else the machine does meets all of them alike. */
import type { Cost } from "./measure.ts";

export type Costs<Name extends string> = Readonly<Record<Name, readonly Cost[]>>;

/** Every way once a round; each second round goes through them backwards. */
export async function inRounds<Name extends string>(
  rounds: number,
  ways: Readonly<Record<Name, () => Promise<Cost>>>,
): Promise<Costs<Name>> {
  const names = Object.keys(ways) as Name[];
  const costs = Object.fromEntries(names.map((name) => [name, [] as Cost[]])) as Record<Name, Cost[]>;
  for (let round = 0; round < rounds; round++) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) costs[name].push(await ways[name]());
  }
  return costs;
}

/** Processor time of one for each unit of the other's, round by round. */
export function ratios(own: readonly Cost[], others: readonly Cost[]): number[] {
  return others.map(({ cpuMs }, round) => own[round]!.cpuMs / cpuMs);
}

/** The costs, if all records were written. Some programs write a few lines of their own besides. @throws else */
export function allOf(costs: readonly Cost[], records: number): readonly Cost[] {
  const wrong = costs.find(({ lines }) => lines < records || lines > records * 1.01);
  if (wrong !== undefined) throw new Error(`${wrong.lines} lines were written for ${records} records`);
  return costs;
}

/** The costs, if all wrote the same. @throws else */
export function alike(what: string, ...all: readonly (readonly Cost[])[]): void {
  const bytes = new Set(all.flat().map((cost) => cost.bytes));
  if (bytes.size > 1) throw new Error(`${what} wrote ${[...bytes].join(" and ")} bytes`);
}
