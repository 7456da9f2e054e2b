/*
 * AssemblyScript, part of framer.as.ts: what it asks of a few bytes at once, without a memory of those before.
 */

// @ts-ignore: decorator
@inline
export function mask(a: v128, b: v128, c: v128, d: v128): u64 {
  const first: u32 = i8x16.bitmask(a) | i8x16.bitmask(b) << 16;
  const second: u32 = i8x16.bitmask(c) | i8x16.bitmask(d) << 16;
  return <u64>first | <u64>second << 32;
}

// @ts-ignore: decorator
@inline
export function equal(a: v128, byte: i8): v128 {
  return i8x16.eq(a, i8x16.splat(byte));
}

// @ts-ignore: decorator
@inline
export function below(a: v128, byte: i8): v128 {
  return i8x16.lt_u(a, i8x16.splat(byte));
}

/** Not all zeros where a backslash or what is below a space is among these bytes, given vectors of both. */
// @ts-ignore: decorator
@inline
export function unusual(a: v128, b: v128, c: v128, d: v128, space: v128, backslash: v128): v128 {
  const least = i8x16.min_u(i8x16.min_u(a, b), i8x16.min_u(c, d));
  const slashes = v128.or(
    v128.or(i8x16.eq(a, backslash), i8x16.eq(b, backslash)),
    v128.or(i8x16.eq(c, backslash), i8x16.eq(d, backslash)),
  );
  return v128.or(i8x16.sub_sat_u(space, least), slashes);
}

// @ts-ignore: decorator
@inline
export function breaksLine(a: v128): v128 {
  return v128.or(equal(a, 0x0a), equal(a, 0x0d));
}

/**
 * Gives colon, comma and the four brackets their highest bit, and takes it from what numbers, literals, quotes and blanks
 * are made of. What else gets it begins no token.
 *
 * @param half 0x0f in each byte
 * @param sums what is added to a byte, by its lower half: 0x46 to ten, 0x25 to eleven and thirteen, 0x94 to twelve
 */
// @ts-ignore: decorator
@inline
export function isSign(a: v128, half: v128, sums: v128): v128 {
  return i8x16.add(a, i8x16.swizzle(sums, v128.and(a, half)));
}

/** The four brackets; and "Y", "_", "y" and DEL. */
// @ts-ignore: decorator
@inline
export function isBracket(a: v128): v128 {
  return equal(v128.or(a, i8x16.splat(0x26)), 0x7f);
}

/** What JSON knows behind a backslash: each byte by its upper and its lower half, which must have a bit in common. */
// @ts-ignore: decorator
@inline
export function escapable(a: v128): v128 {
  const upper = i8x16.swizzle(i8x16(0, 0, 1, 0, 0, 2, 4, 8, 0, 0, 0, 0, 0, 0, 0, 0), i8x16.shr_u(a, 4));
  const lower = i8x16.swizzle(
    i8x16(0, 0, 13, 0, 8, 8, 4, 0, 0, 0, 0, 0, 2, 0, 4, 1),
    v128.and(a, i8x16.splat(0x0f)),
  );
  return i8x16.ne(v128.and(upper, lower), i8x16.splat(0));
}

export function isHex(byte: u32): bool {
  return byte - 0x30 < 10 || (byte | 0x20) - 0x61 < 6;
}

/** Whether true, false or null is at `at`, and what may follow it; the usual ones at least. */
export function isUsualLiteral(at: u32, to: u32): bool {
  if (at + 6 > to) return false;
  const word = load<u32>(at);
  let end = at + 4;
  if (word == 0x736c6166 && load<u8>(at, 4) == 0x65) end++;
  else if (word != 0x6c6c756e && word != 0x65757274) return false;
  const next = load<u8>(end);
  return next == 0x2c || next == 0x7d || next == 0x5d;
}

/** Whether a number is at `at`, whole and without an exponent, and what may follow it; the usual ones at least. */
export function isUsualNumber(at: u32, to: u32): bool {
  const start = at + <u32>(load<u8>(at) == 0x2d);
  if (start + 40 > to) return false;
  const whole = digitsAt(start);
  if (whole == 0 || whole > 1 && load<u8>(start) == 0x30) return false;
  let end = start + whole;
  if (load<u8>(end) == 0x2e) {
    const fraction = digitsAt(end + 1);
    if (fraction == 0) return false;
    end += 1 + fraction;
  }
  const next = load<u8>(end);
  return next == 0x2c || next == 0x7d || next == 0x5d;
}

/** How many digits are at `at`, of sixteen at most. */
// @ts-ignore: decorator
@inline
function digitsAt(at: u32): u32 {
  const others = i8x16.ge_u(i8x16.sub(v128.load(at), i8x16.splat(0x30)), i8x16.splat(10));
  return <u32>ctz(i8x16.bitmask(others) | 0x10000);
}
