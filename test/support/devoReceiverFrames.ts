/** What Devo makes of a byte stream: lines, counted frames and gzip members, told apart frame by frame. */
import { Buffer } from "node:buffer";
import { gunzipSync } from "node:zlib";

/** Cuts a stream into frames, however its pieces fall. */
export interface FrameSplitter {
  /** Takes the next bytes; returns the frames that are whole now, without their line feed. */
  push(bytes: Buffer): Buffer[];
  /** Bytes of a frame that is not whole yet. */
  readonly pending: number;
}

const LINE_FEED = 0x0a;
const COUNT = /^([1-9][0-9]{0,9}) </;

export function createFrameSplitter(): FrameSplitter {
  let held: Buffer[] = [];
  let size = 0;
  // While this is far off there is no need to look at what is held: a long line comes in many pieces.
  let wanted = 1;

  function take(): Buffer[] {
    const frames: Buffer[] = [];
    let rest = Buffer.concat(held);
    for (let next = nextFrames(rest); next !== null; next = nextFrames(rest)) {
      frames.push(...next.frames);
      rest = rest.subarray(next.used);
    }
    held = rest.length === 0 ? [] : [rest];
    size = rest.length;
    const counted = COUNT.exec(rest.toString("latin1", 0, 16));
    wanted = counted === null ? 1 : counted[1]!.length + 1 + Number(counted[1]);
    return frames;
  }
  return {
    push(bytes) {
      const looks = held.length === 0 || isGzip(held[0]!) || COUNT.test(held[0]!.toString("latin1", 0, 16)) ||
        bytes.includes(LINE_FEED) || held[0]!.length < 16;
      held.push(bytes);
      size += bytes.length;
      return looks && size >= wanted ? take() : [];
    },
    get pending() {
      return size;
    },
  };
}

const isGzip = (bytes: Buffer) => bytes[0] === 0x1f && (bytes.length === 1 || bytes[1] === 0x8b);

/** The frames at the start of `bytes` and how long they are; `null` when the first is not whole. */
function nextFrames(bytes: Buffer): { frames: Buffer[]; used: number } | null {
  if (bytes.length === 0) return null;
  if (isGzip(bytes)) return unpack(bytes);
  const count = COUNT.exec(bytes.toString("latin1", 0, 16));
  if (count !== null) {
    const start = count[1]!.length + 1;
    const end = start + Number(count[1]);
    if (bytes.length < end) return null;
    return { frames: [withoutLineFeed(bytes.subarray(start, end))], used: end };
  }
  const end = bytes.indexOf(LINE_FEED);
  return end < 0 ? null : { frames: [bytes.subarray(0, end)], used: end + 1 };
}

function withoutLineFeed(frame: Buffer): Buffer {
  return frame.at(-1) === LINE_FEED ? frame.subarray(0, -1) : frame;
}

/** Whole gzip members; their content is lines again. */
function unpack(bytes: Buffer): { frames: Buffer[]; used: number } | null {
  for (const end of memberEnds(bytes)) {
    try {
      const inner = createFrameSplitter();
      return { frames: inner.push(gunzipSync(bytes.subarray(0, end))), used: end };
    } catch {
      // Not the end of a member.
    }
  }
  return null;
}

/** Where a member may end: before the next one, before a line, or with the last byte that is here. */
function* memberEnds(bytes: Buffer): Generator<number> {
  for (let at = bytes.indexOf(0x1f, 18); at >= 0; at = bytes.indexOf(0x1f, at + 1)) {
    if (bytes[at + 1] === 0x8b && bytes[at + 2] === 8) yield at;
  }
  for (let at = bytes.indexOf("<", 18); at >= 0; at = bytes.indexOf("<", at + 1)) {
    if (/^<\d{1,3}>/.test(bytes.toString("latin1", at, at + 5))) yield at;
  }
  yield bytes.length;
}
