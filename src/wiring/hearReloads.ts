/** A reload that is asked for by SIGHUP, at whatever moment that comes. */
import type { Runtime } from "./runtime.ts";

/** Who asks for a reload by SIGHUP. */
export interface Asking {
  /** Tells this from now on, and at once where somebody asked too early. */
  leadsTo(callback: () => void): void;
  /** Keeps in mind from now on who asks. */
  keeps(): void;
  end(): void;
}

/** Hears SIGHUP from the start on: it ends nobody who starts or waits, and what was read before it is read again after. */
export function hearReloads({ onReloadSignal }: Pick<Runtime, "onReloadSignal">): Asking {
  let isEarly = false;
  const keep = () => void (isEarly = true);
  let hear: () => void = keep;
  const end = onReloadSignal(() => hear());
  return {
    leadsTo(callback) {
      hear = callback;
      if (isEarly) callback();
      isEarly = false;
    },
    keeps: () => void (hear = keep),
    end,
  };
}
