/** The shipper that `graphtap up` starts: found by what it says of itself. */
import { GraphtapError } from "../../errors.ts";

/** The shippers there are. */
export const SHIPPERS = ["fluent-bit", "vector"] as const;
export type ShipperName = (typeof SHIPPERS)[number];

/** An installed shipper. */
export interface ShipperProgram {
  readonly name: ShipperName;
  /** What starts it: a path, or a name to be found on the PATH. */
  readonly path: string;
  /** As it says itself, such as `5.1.1`. */
  readonly version: string;
}

/** What a program answered to `--version`; an error that says why it could not be run. */
export type AskVersion = (path: string) => Promise<string | Error>;

/** Where each is looked for. Fluent Bit's own packages and image have it in folders that no PATH names. */
const PLACES: Readonly<Record<ShipperName, readonly string[]>> = {
  "fluent-bit": ["fluent-bit", "/opt/fluent-bit/bin/fluent-bit", "/fluent-bit/bin/fluent-bit"],
  "vector": ["vector"],
};

/** How each says its version. */
const SAYS: Readonly<Record<ShipperName, RegExp>> = {
  "fluent-bit": /^Fluent Bit v(\d+\.\d+\.\d+)/m,
  "vector": /^vector (\d+\.\d+\.\d+)/m,
};

/** The oldest whose configuration we can write: `tls.max_version` of the one, `retry_strategy` of the other. */
const OLDEST: Readonly<Record<ShipperName, readonly [number, number]>> = {
  "fluent-bit": [4, 0],
  "vector": [0, 56],
};

/**
 * Finds a shipper.
 *
 * @param wanted its name or its path; by default Fluent Bit, and Vector where there is none
 * @throws shipper-missing
 */
export async function findShipper(wanted: string | undefined, ask: AskVersion): Promise<ShipperProgram> {
  const named = SHIPPERS.find((name) => name === wanted);
  const paths = wanted === undefined
    ? SHIPPERS.flatMap((name) => PLACES[name])
    : named === undefined
    ? [wanted]
    : PLACES[named];
  const reasons: string[] = [];
  for (const path of paths) {
    const said = await ask(path);
    if (said instanceof Error) {
      reasons.push(`${path}: ${said.message}`);
      continue;
    }
    const program = recognised(path, said);
    if (program !== null) return young(program);
    reasons.push(`${path}: it answers to --version neither as Fluent Bit nor as Vector does`);
  }
  throw new GraphtapError(
    "shipper-missing",
    `Cannot find ${wanted === undefined ? "a shipper" : JSON.stringify(wanted)}: ${reasons.join("; ")}. ` +
      "Install Fluent Bit or Vector, or name its program: --with PATH",
  );
}

function recognised(path: string, said: string): ShipperProgram | null {
  for (const name of SHIPPERS) {
    const version = SAYS[name].exec(said)?.[1];
    if (version !== undefined) return { name, path, version };
  }
  return null;
}

/** @throws shipper-missing it is older than what we know to write for */
function young(program: ShipperProgram): ShipperProgram {
  const [major, minor] = program.version.split(".").map(Number) as [number, number];
  const [leastMajor, leastMinor] = OLDEST[program.name];
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return program;
  throw new GraphtapError(
    "shipper-missing",
    `Cannot use ${program.path}: it is version ${program.version}, expected ${leastMajor}.${leastMinor} or later`,
  );
}
