/** Lengths of time as people say them. */

const UNITS = [["d", 86_400], ["h", 3600], ["min", 60], ["s", 1]] as const;

/**
 * A length of time in its two largest units: "45 s", "2 min", "1 h 5 min", "3 d 4 h". Below ten minutes it is told to
 * the second, less than a second is "0 s".
 */
export function durationInWords(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const first = UNITS.findIndex(([, size]) => whole >= size);
  if (first < 0) return "0 s";
  const [unit, size] = UNITS[first]!;
  const count = Math.floor(whole / size);
  const [nextUnit, nextSize] = UNITS[first + 1] ?? UNITS[first]!;
  const rest = Math.floor((whole % size) / nextSize);
  const isPrecise = rest > 0 && !(unit === "min" && count >= 10);
  return `${count} ${unit}${isPrecise ? ` ${rest} ${nextUnit}` : ""}`;
}
