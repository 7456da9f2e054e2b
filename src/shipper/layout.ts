/** What all configurations of shippers are laid out by. */
import type { ShipperSettings } from "./settings.ts";

/** A text as comment lines of YAML. */
export function comment(text: string): string {
  return text.split("\n").map((line) => `# ${line}`.trimEnd() + "\n").join("");
}

/** The lines of a block further in by so many spaces. */
export function indent(block: string, spaces: number): string {
  return block.replace(/^(?=.)/gm, " ".repeat(spaces));
}

/** Every text of a user's own that is written down in the configuration of a shipper. */
export function textsOf({ program, config, buffer, spool, destination }: ShipperSettings): string[] {
  return [...program, config, buffer, spool, destination.address, ...Object.values(destination.tls ?? {})];
}
