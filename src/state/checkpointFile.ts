import { GraphtapError } from "../errors.ts";
import {
  type Checkpoint,
  decodeCheckpoint,
  encodeCheckpoint,
  PERSISTENCE_VERSION,
  type StreamAddress,
} from "./checkpoint.ts";
import { readFileIfAny, replaceFile, setAside } from "./files.ts";

export interface CheckpointFileOptions {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Told, in one line, of a damaged file. */
  readonly report: (note: string) => void;
  readonly readOnly: boolean;
}

/**
 * Reads the checkpoint of a stream; `null` when there is none. A damaged one is set aside, reported and counts as
 * none: the stream then begins at its start, with its seen set, and so delivers late but loses nothing.
 *
 * @throws `state-unusable` when it cannot be read, is of a newer version, or belongs to another stream
 */
export function loadCheckpoint(
  path: string,
  address: StreamAddress,
  options: CheckpointFileOptions,
): Checkpoint | null {
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
      ? "it is not used"
      : `kept as "${setAside(path, "corrupt", options.now())}"`;
    options.report(`"${path}" is damaged (${decoded.reason}): ${fate}; the stream begins again at its start`);
    return null;
  }
  const { service, input_id } = decoded.checkpoint;
  if (service === address.service && input_id === address.inputId) return decoded.checkpoint;
  throw new GraphtapError(
    "state-unusable",
    `Cannot use "${path}": it belongs to input "${input_id}", service "${service}", not to input "${address.inputId}", service "${address.service}"; move it back to where it was, or delete it to begin at the start`,
  );
}

/**
 * Makes a checkpoint durable in the place of the last one.
 *
 * @throws `state-unusable` when it cannot be written; `bug` when it could not be read back, before anything is written
 */
export function saveCheckpoint(path: string, checkpoint: Checkpoint, address: StreamAddress): void {
  const text = encodeCheckpoint(checkpoint);
  const decoded = decodeCheckpoint(text, address);
  const { service, inputId } = address;
  if (decoded.kind !== "ok" || checkpoint.service !== service || checkpoint.input_id !== inputId) {
    const reason = decoded.kind === "corrupt" ? decoded.reason : "it is another stream's";
    throw new GraphtapError("bug", `Refused to write the checkpoint "${path}": ${reason}`);
  }
  replaceFile(path, text);
}
