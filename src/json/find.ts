/**
 * Where in `bytes[start, end)` a text stands last: the index of its first byte, or -1.
 *
 * @param text at least one byte
 */
export type LastPlace = (bytes: Uint8Array, start: number, end: number) => number;

/**
 * A search for one text, from the end backwards (Horspool's: what the byte at the front of the window is decides how far
 * it moves). A runtime's own search takes a view for each record, which costs more than most searches do.
 */
export function createLastPlace(text: Uint8Array): LastPlace {
  const { length } = text;
  const first = text[0]!;
  /** How far the window moves when it begins with that byte. */
  const moves = new Int32Array(256).fill(length);
  for (let i = length - 1; i > 0; i--) moves[text[i]!] = i;

  return (bytes, start, end) => {
    for (let at = end - length; at >= start;) {
      const byte = bytes[at]!;
      if (byte === first) {
        let same = 1;
        while (same < length && bytes[at + same] === text[same]) same++;
        if (same === length) return at;
      }
      at -= moves[byte]!;
    }
    return -1;
  };
}
