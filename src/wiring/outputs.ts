/** What is to be said of the collector's outputs, which get nothing from here: a shipper delivers to them. */
import type { Config, OutputConfig } from "../config/config.ts";
import { isSendable } from "../shipper/destination.ts";
import { shellCommand } from "../telemetry/shellCommand.ts";
import type { StdoutPlace } from "./runtime.ts";
import type { SinkOptions } from "./sink.ts";

/** Each output and who delivers to it, a line each; nothing where there are none. */
export function outputNotes({ outputs, file }: Config): string[] {
  if (outputs.length === 0) return [];
  return [
    ...outputs.map((output) =>
      isSendable(output)
        ? `${place(output)}: a shipper delivers there`
        : `${place(output)}: nothing goes there, for no shipper delivers to type "${output.type}"`
    ),
    "graphtap itself delivers to no output: its event lines go to standard output, or where --to says" +
    remedy(outputs, file),
  ];
}

/** What a start says when the outputs of the file get nothing, and nobody else gets the lines either; `null` when all is well. */
export function lostOutputs(
  { outputs, file }: Pick<Config, "outputs" | "file">,
  { kind }: SinkOptions,
  stdout: StdoutPlace | null,
): string | null {
  if (kind !== "stdout" || stdout === null || outputs.length === 0) return null;
  return `NOTHING REACHES ${
    outputs.map(place).join(", ")
  }: event lines go to standard output, which is ${stdout}, ` +
    `and count as delivered${remedy(outputs, file)}`;
}

function place({ name, address, port }: OutputConfig): string {
  const where = address === null ? "" : ` (${address}${port === null ? "" : `:${port}`})`;
  return `outputs.${name}${where}`;
}

/** What has them delivered; nothing where no shipper could. */
function remedy(outputs: readonly OutputConfig[], file: string): string {
  if (!outputs.some(isSendable)) return "";
  const starts = "starts a shipper that carries them to the outputs";
  // Of several files each output names its own.
  if (file === "-" || outputs.some(({ file }) => file !== undefined)) {
    return `; "graphtap up", with this configuration in files, ${starts}`;
  }
  const config = shellCommand(["-c", file]);
  return `; "graphtap up ${config}" ${starts}, "graphtap shipper fluent-bit ${config}" writes the configuration of one`;
}
