/** Records as they reach Graph's log, each with a time of its own, and visible some time later; a column each. */
export interface Arrivals {
  /** Epoch seconds of what the record tells of, in no order. */
  readonly seconds: Uint32Array;
  /** Epoch milliseconds from which on a query finds it. */
  readonly visibleMs: Float64Array;
  /** Epoch milliseconds from which on it is found no more, since the record has changed. */
  readonly hiddenMs: Float64Array;
  /** Which record it is a version of. */
  readonly record: Uint32Array;
}

export interface ArrivalOptions {
  readonly startMs: number;
  readonly days: number;
  readonly perDay: number;
  readonly seed: number;
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

/** A tenant's sign-ins: eight of ten within ten hours of the day, and many in the same second. */
export function signInArrivals(options: ArrivalOptions): Arrivals {
  const random = seededRandom(options.seed);
  const arrivals = emptyArrivals(options.days * options.perDay);
  for (let i = 0; i < arrivals.seconds.length; i++) {
    const seconds = momentOf(options, Math.floor(i / options.perDay), random);
    arrivals.record[i] = i;
    arrivals.seconds[i] = seconds;
    arrivals.visibleMs[i] = (seconds + latenessSeconds(random)) * 1000;
  }
  return arrivals;
}

/** A tenant's alerts: each appears, and changes up to three times within hours, each change as late as anything. */
export function alertArrivals(options: ArrivalOptions): Arrivals {
  const random = seededRandom(options.seed);
  const versions = 4;
  const arrivals = emptyArrivals(options.days * options.perDay * versions);
  let count = 0;
  for (let alert = 0; alert < options.days * options.perDay; alert++) {
    let seconds = momentOf(options, Math.floor(alert / options.perDay), random);
    for (let version = 0; version === 0 || (version < versions && random() < 0.6); version++) {
      const before = version === 0 ? 0 : arrivals.visibleMs[count - 1]!;
      const visibleMs = Math.max((seconds + latenessSeconds(random)) * 1000, before);
      if (version > 0) arrivals.hiddenMs[count - 1] = visibleMs;
      arrivals.record[count] = alert;
      arrivals.seconds[count] = seconds;
      arrivals.visibleMs[count] = visibleMs;
      count++;
      seconds += 1 + Math.floor(random() ** 3 * 6 * 3600);
    }
  }
  return {
    seconds: arrivals.seconds.slice(0, count),
    visibleMs: arrivals.visibleMs.slice(0, count),
    hiddenMs: arrivals.hiddenMs.slice(0, count),
    record: arrivals.record.slice(0, count),
  };
}

function emptyArrivals(count: number): Arrivals {
  return {
    seconds: new Uint32Array(count),
    visibleMs: new Float64Array(count),
    hiddenMs: new Float64Array(count).fill(Infinity),
    record: new Uint32Array(count),
  };
}

/** A moment of a day, in whole seconds, as Graph's sign-ins have them. */
function momentOf({ startMs }: ArrivalOptions, day: number, random: () => number): number {
  const hour = random() < 0.8 ? 8 + random() * 10 : (18 + random() * 14) % 24;
  return Math.floor(startMs / 1000) + day * 86_400 + Math.floor(hour * 3600);
}
