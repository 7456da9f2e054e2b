import { basename, dirname } from "node:path";
import { GraphtapError } from "../errors.ts";
import {
  type Checkpoint,
  decodeCheckpoint,
  encodeCheckpoint,
  encodePosition,
  PERSISTENCE_VERSION,
  type StreamAddress,
} from "./checkpoint.ts";
import { listFolder, readFileIfAny, replaceFile, setAside } from "../files/durable.ts";
import type { SeenPlace } from "./seen/place.ts";

export interface CheckpointFileOptions {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Told, in one line, of a damaged file. */
  readonly report: (note: string) => void;
  readonly readOnly: boolean;
}

/** A checkpoint, and how far the seen set had come with it; `undefined` when the file does not say. */
export interface LoadedCheckpoint {
  readonly checkpoint: Checkpoint;
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
  const { checkpoint, seenTo } = decoded;
  if (isOf(address, checkpoint)) return { checkpoint, seenTo };
  const { service, input_id } = checkpoint;
  throw new GraphtapError(
    "state-unusable",
    `Cannot use "${path}": it belongs to input "${input_id}", service "${service}", not to input "${address.inputId}", service "${address.service}"; move it back to where it was, or delete it to begin at the start`,
  );
}

/** Whether a checkpoint was set aside as damaged, now or in an earlier process. @throws `state-unusable` */
export function wasSetAside(path: string): boolean {
  return listFolder(dirname(path)).some(({ name }) => name.startsWith(`${basename(path)}.${DAMAGED}-`));
}

/**
 * Makes a checkpoint durable in the place of the last one.
 *
 * @param seenTo how far the seen set has come
 * @throws `state-unusable` when it cannot be written; `bug` when it could not be read back, before anything is written
 */
export function saveCheckpoint(
  path: string,
  checkpoint: Checkpoint,
  address: StreamAddress,
  seenTo: SeenPlace,
): void {
  replaceFile(path, readable(encodeCheckpoint(checkpoint, seenTo), address));
}

/** A checkpoint to be committed with keys. @throws `bug` when it could not be read back */
export function positionOf(checkpoint: Checkpoint, address: StreamAddress): string {
  return readable(encodePosition(checkpoint), address);
}

/** The checkpoint in a position that was committed with keys; `null` when this program could not have written it. */
export function checkpointIn(position: string, address: StreamAddress): Checkpoint | null {
  const decoded = decodeCheckpoint(position, address);
  return decoded.kind === "ok" && isOf(address, decoded.checkpoint) ? decoded.checkpoint : null;
}

function readable(text: string, address: StreamAddress): string {
  const decoded = decodeCheckpoint(text, address);
  if (decoded.kind === "ok" && isOf(address, decoded.checkpoint)) return text;
  const reason = decoded.kind === "corrupt" ? decoded.reason : "it is another stream's";
  const { inputId, service } = address;
  throw new GraphtapError("bug", `Refused to write the checkpoint of "${inputId}", "${service}": ${reason}`);
}

function isOf({ inputId, service }: StreamAddress, checkpoint: Checkpoint): boolean {
  return checkpoint.service === service && checkpoint.input_id === inputId;
}
