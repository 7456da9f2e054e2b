/** Records as they reach Graph's log: at a time of their own, and visible some time later. */
export interface Arrival {
  readonly id: string;
  /** Epoch milliseconds of the event. */
  readonly eventMs: number;
  /** Epoch milliseconds when a query finds it. */
  readonly visibleMs: number;
}

/** Numbers in [0, 1) that are the same in every run. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Seconds that a record is late: 95 % within 2 minutes, 99 % within 5, 0.1 % later than an hour and up to 6 (the
 * first two are figures that Microsoft gave once and withdrew; the tail is what users report).
 */
export function latenessSeconds(random: () => number): number {
  const share = random();
  if (share < 0.95) return random() * 120;
  if (share < 0.99) return 120 + random() * 180;
  if (share < 0.999) return 300 + random() * 3300;
  return 3600 + random() * 5 * 3600;
}

/** A tenant's days: eight of ten records within ten hours of the day. */
export function arrivalsOf(
  options: { startMs: number; days: number; perDay: number; seed: number },
): Arrival[] {
  const random = seededRandom(options.seed);
  const arrivals: Arrival[] = [];
  for (let day = 0; day < options.days; day++) {
    for (let i = 0; i < options.perDay; i++) {
      const hour = random() < 0.8 ? 8 + random() * 10 : (18 + random() * 14) % 24;
      // Whole seconds, as Graph's sign-ins have them: many share one.
      const eventMs = options.startMs + day * 86_400_000 + Math.floor(hour * 3600) * 1000;
      const visibleMs = eventMs + latenessSeconds(random) * 1000;
      arrivals.push({ id: `r${arrivals.length}`, eventMs, visibleMs });
    }
  }
  return arrivals.sort((a, b) => a.visibleMs - b.visibleMs);
}
