/** `inputs`: each one, and what must hold among them. */
import type { Globals, InputConfig } from "./config.ts";
import { readInput } from "./readInput.ts";
import type { InputReading } from "./readInput.ts";
import type { Reading } from "./reading.ts";
import { keyOf, kindOf, report } from "./reading.ts";
import { isRecord } from "./section.ts";

/** Reads the inputs; `null` when something in them is wrong. */
export function readInputs(
  reading: Reading,
  block: unknown,
  globals: Globals,
): readonly InputConfig[] | null {
  const path = ["inputs"];
  if (block === undefined || block === null || (isRecord(block) && Object.keys(block).length === 0)) {
    const message = "is missing or empty; expected a block of inputs, each with id, credentials and services";
    report(reading, "error", path, message, { at: "key", collector: ["InputConfigurationError", 1] });
    return null;
  }
  if (!isRecord(block)) {
    const message = `found ${kindOf(block)}, expected a map of inputs`;
    report(reading, "error", path, message, { collector: ["InputConfigurationError", 2] });
    return null;
  }
  const inputs = Object.entries(block).map(([name, value]) => readInput(reading, name, value, globals));
  reportSharedIds(reading, inputs);
  if (inputs.every((input) => !input.enabled)) {
    report(reading, "error", path, "no input is enabled; set enabled: true in one", { at: "key" });
  }
  const configs = inputs.flatMap((input) => input.config ?? []);
  return configs.length === inputs.length ? configs : null;
}

/** The id is part of the state's address: two inputs with one would overwrite each other's positions. */
function reportSharedIds(reading: Reading, inputs: readonly InputReading[]): void {
  const firsts = new Map<string, InputReading>();
  for (const input of inputs) {
    if (input.id === null) continue;
    const first = firsts.get(input.id);
    if (first === undefined) {
      firsts.set(input.id, input);
      continue;
    }
    const message =
      `${keyOf(input.path)} and ${keyOf(first.path)} share the id ${JSON.stringify(input.id)}; ` +
      "give each its own";
    report(reading, "error", [...input.path, "id"], message);
  }
}
