import { GraphtapError } from "../errors.ts";
import { decodeCheckpoint, encodeCheckpoint, encodePosition, faultOf } from "./checkpoint.ts";
import { PERSISTENCE_VERSION } from "./checkpointForm.ts";
import { readFileIfAny, setAside } from "../files/durable.ts";
import type { Fence } from "../files/hold.ts";
import type { Position } from "./position.ts";
import type { SeenPlace } from "./seen/place.ts";
import type { StreamAddress } from "./streamFolders.ts";

export interface CheckpointFileOptions {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Told, in one line, of a damaged file. */
  readonly report: (note: string) => void;
  readonly readOnly: boolean;
}

/** A position, and how far the seen set had come with it; `undefined` when the file does not say. */
export interface LoadedCheckpoint {
  readonly position: Position;
  readonly seenTo: SeenPlace | undefined;
}

/** What the name of a damaged checkpoint says when it was set aside. */
const DAMAGED = "corrupt";

/**
 * Reads the checkpoint of a stream; `null` when there is none. A damaged one is set aside, reported and counts as
 * none: no position among the keys counts without it, and where the stream begins is decided by who reads it.
 *
 * @throws `state-unusable` when it cannot be read, is of a newer version, or belongs to another stream
 */
export function loadCheckpoint(
  path: string,
  address: StreamAddress,
  options: CheckpointFileOptions,
): LoadedCheckpoint | null {
  const bytes = readFileIfAny(path);
  if (bytes === null) return null;
  const decoded = decodeCheckpoint(bytes.toString("utf8"), address);
  if (decoded.kind === "newer") {
    throw new GraphtapError(
      "state-unusable",
      `Cannot read "${path}": its "persistence_version" is ${decoded.version}, written by a newer graphtap; this one knows ${PERSISTENCE_VERSION}: update graphtap, or choose another folder with --state`,
    );
  }
  if (decoded.kind === "corrupt") {
    const fate = options.readOnly
      ? "its position is not known; the next poll sets it aside and says where it begins"
      : `kept as "${setAside(path, DAMAGED, options.now())}"; the position in it is lost`;
    options.report(`"${path}" is damaged (${decoded.reason}): ${fate}`);
    return null;
  }
  const { position, address: found, seenTo } = decoded;
  if (isSame(address, found)) return { position, seenTo };
  throw new GraphtapError(
    "state-unusable",
    `Cannot use "${path}": it belongs to input "${found.inputId}", service "${found.service}", not to input "${address.inputId}", service "${address.service}"; move it back to where it was, or delete it to begin at the start`,
  );
}

/**
 * Makes a position durable in the place of the last one.
 *
 * @param seenTo how far the seen set has come
 * @throws `state-unusable` when it cannot be written; `bug` when it could not be read back, before anything is written
 */
export function saveCheckpoint(
  path: string,
  position: Position,
  address: StreamAddress,
  seenTo: SeenPlace,
  fence: Fence,
): void {
  fence.replaceFile(path, readable(encodeCheckpoint(position, address, seenTo), address));
}

/** The text of a position that is to be committed with keys. @throws `bug` when it could not be read back */
export function positionText(position: Position, address: StreamAddress): string {
  return readable(encodePosition(position, address), address);
}

/** The position in a text that was committed with keys; `null` when this program could not have written it. */
export function positionIn(text: string, address: StreamAddress): Position | null {
  const decoded = decodeCheckpoint(text, address);
  return decoded.kind === "ok" && isSame(address, decoded.address) ? decoded.position : null;
}

function readable(text: string, address: StreamAddress): string {
  const fault = faultOf(text, address);
  if (fault === null) return text;
  const { inputId, service } = address;
  throw new GraphtapError("bug", `Refused to write the checkpoint of "${inputId}", "${service}": ${fault}`);
}

function isSame(one: StreamAddress, other: StreamAddress): boolean {
  return one.service === other.service && one.inputId === other.inputId;
}
