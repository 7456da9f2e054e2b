/** Just enough DER to write an X.509 certificate: Node and Deno read them, and make none. */
import { Buffer } from "node:buffer";

/** A value with its tag and length before it. */
export function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  if (body.length < 0x80) return Buffer.concat([Buffer.from([tag, body.length]), body]);
  const size = Buffer.from(
    body.length.toString(16).padStart(body.length > 0xffff ? 6 : body.length > 0xff ? 4 : 2, "0"),
    "hex",
  );
  return Buffer.concat([Buffer.from([tag, 0x80 | size.length]), size, body]);
}

export const sequence = (...parts: readonly Uint8Array[]) => der(0x30, ...parts);
export const set = (...parts: readonly Uint8Array[]) => der(0x31, ...parts);
export const octets = (bytes: Uint8Array) => der(0x04, bytes);
export const bits = (bytes: Uint8Array) => der(0x03, Buffer.from([0]), bytes);
export const utf8 = (text: string) => der(0x0c, Buffer.from(text));
export const yes = () => der(0x01, Buffer.from([0xff]));
/** A field with a tag of its own around it. */
export const explicit = (number: number, part: Uint8Array) => der(0xa0 | number, part);
/** A value whose own tag is replaced. */
export const implicit = (number: number, bytes: Uint8Array) => der(0x80 | number, bytes);

/** A whole number that is not negative; a leading zero keeps a high bit from being a sign. */
export const integer = (bytes: Uint8Array) =>
  der(0x02, bytes[0]! & 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes);

/** An object identifier such as `2.5.4.3`. */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const arcs = rest.flatMap((arc) => {
    const digits = [arc & 0x7f];
    for (let left = arc >>> 7; left > 0; left >>>= 7) digits.unshift(left & 0x7f | 0x80);
    return digits;
  });
  return der(0x06, Buffer.from([first * 40 + second, ...arcs]));
}

/** A moment before 2050, to the second. */
export const utcTime = (date: Date) =>
  der(0x17, Buffer.from(`${date.toISOString().slice(2, 19).replace(/[-:T]/g, "")}Z`));
