const UNITS = [["w", 604_800], ["d", 86_400], ["h", 3600], ["m", 60], ["s", 1]] as const;

/** A length of time as PromQL and its rules write it, in the largest unit that divides it: `15m`, `1d`, `500ms`. */
export function promDuration(seconds: number): string {
  const unit = UNITS.find(([, size]) => seconds >= size && seconds % size === 0);
  return unit === undefined ? `${Math.round(seconds * 1000)}ms` : `${seconds / unit[1]}${unit[0]}`;
}
