/** A tap whose configuration is read again at SIGHUP: what polls ends in order, and begins again with what is new. */
import { systemClock } from "../clock.ts";
import type { Config } from "../config/config.ts";
import { asGraphtapError, codesOf, type ExitCode, GraphtapError } from "../errors.ts";
import type { LogFields } from "../telemetry/logEntry.ts";
import { createReloads, type Reloads } from "../telemetry/reloads.ts";
import { type ConfigText, judgeConfig, type LoadedConfig, readConfigText } from "./configFile.ts";
import { runToEnd } from "./end.ts";
import type { Runtime } from "./runtime.ts";
import { chooseServices } from "./selection.ts";
import { createServiceManager, type ServiceManager } from "./serviceManager.ts";
import { endingOf, OPENED_AGAIN, openTap, type Tap, type TapOptions } from "./tap.ts";

/** More names than these are only counted. */
const MOST_NAMES = 20;

/** A configuration, and what the command line makes of it. */
interface Reading {
  readonly text: ConfigText;
  readonly loaded: LoadedConfig;
  readonly options: TapOptions;
}

/** What is run again and again. */
export interface Reloading {
  /** The configuration's files and folders; none where it is to be found. */
  readonly config: readonly string[];
  /** @throws usage where the command line does not go with the configuration */
  readonly optionsFor: (loaded: LoadedConfig) => TapOptions;
  /** Works until the tap stops. `ending` is aborted only when the process is to end, too. */
  readonly work: (tap: Tap, ending: AbortSignal, reloads: Reloads, manager: ServiceManager) => Promise<never>;
}

/**
 * Runs until the process is to end. A configuration that cannot be used is told, and what ran goes on.
 *
 * @throws config-*, plugin-invalid, usage, state-*, sink-* at the start
 */
export async function runReloading(reloading: Reloading, runtime: Runtime): Promise<ExitCode> {
  let reading = await read(reloading, runtime);
  const ending = endingOf(reading.options, runtime);
  let tap = openTap(reading.options, runtime, reading.loaded, { ending });
  const { sink } = tap.engine;
  const manager = createServiceManager(runtime, tap.log.warn);
  ending.signal.addEventListener("abort", () => manager.stopping(), { once: true });
  const reloads = createReloads(() => systemClock.now(), () => manager.ready());
  runtime.onReloadSignal(() => manager.reloading());
  for (;;) {
    const watch = watchConfig(tap, reading, () => read(reloading, runtime), runtime, reloads);
    const end = await reloading.work(tap, ending.signal, reloads, manager).catch((thrown: unknown) => thrown);
    const next = watch.end();
    if (next === null || end !== OPENED_AGAIN) return runToEnd(tap, Promise.reject(end));
    if (ending.signal.aborted) return runToEnd(tap, Promise.reject(ending.signal.reason));
    await tap.release();
    const { log } = tap;
    const open = (one: Reading) => openTap(one.options, runtime, one.loaded, { ending, sink });
    try {
      tap = open(next);
      reading = next;
      reloads.success();
    } catch (thrown) {
      const error = asGraphtapError(thrown);
      reloads.failure();
      log.error(
        `the configuration cannot be started with, and what ran goes on: ${error.message}`,
        codesOf(error),
      );
      try {
        tap = open(reading);
      } catch (again) {
        return runToEnd({ log, close: () => sink.close() }, Promise.reject(again));
      }
    }
  }
}

async function read({ config, optionsFor }: Reloading, runtime: Runtime): Promise<Reading> {
  const text = await readConfigText(config, runtime);
  const loaded = judgeConfig(text, runtime.env, systemClock.now());
  return { text, loaded, options: optionsFor(loaded) };
}

/** Reads the configuration again at each SIGHUP, and stops the tap when it has changed and can be used. */
function watchConfig(
  { log, stop }: Tap,
  before: Reading,
  readAgain: () => Promise<Reading>,
  runtime: Runtime,
  reloads: Reloads,
): { end(): Reading | null } {
  let next: Reading | null = null;
  let reads = Promise.resolve();
  const look = async () => {
    try {
      if (before.text.texts.some(({ file }) => file === "-")) {
        throw new GraphtapError("config-unreadable", "standard input cannot be read a second time");
      }
      const found = await readAgain();
      if (stop.signal.aborted) {
        // What was read last counts, also while what ran comes to its end.
        if (next !== null) next = found;
        return;
      }
      if (isSame(before.text, found.text)) {
        reloads.success();
        return log.info("SIGHUP: the configuration has not changed");
      }
      next = found;
      log.info("SIGHUP: the configuration has changed", changes(before.loaded, found.loaded));
      stop.abort(OPENED_AGAIN);
    } catch (thrown) {
      const error = asGraphtapError(thrown);
      reloads.failure();
      log.error(
        `SIGHUP: the configuration is not used, and what ran goes on: ${error.message}`,
        codesOf(error),
      );
    }
  };
  const forget = runtime.onReloadSignal(() => void (reads = reads.then(look)));
  return {
    end() {
      forget();
      return next;
    },
  };
}

function isSame(a: ConfigText, b: ConfigText): boolean {
  return JSON.stringify(a.texts) === JSON.stringify(b.texts) &&
    JSON.stringify(a.registry.services()) === JSON.stringify(b.registry.services());
}

/** The streams that come, go, change and stay, by their names. */
export function changes(before: LoadedConfig, after: LoadedConfig): LogFields {
  const [old, now] = [streamsOf(before), streamsOf(after)];
  const names = [...now.keys()];
  return {
    added: listed(names.filter((name) => !old.has(name))),
    removed: listed([...old.keys()].filter((name) => !now.has(name))),
    changed: listed(names.filter((name) => old.has(name) && old.get(name) !== now.get(name))),
    unchanged: listed(names.filter((name) => old.get(name) === now.get(name))),
  };
}

function listed(names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  const more = names.length - MOST_NAMES;
  return names.slice(0, MOST_NAMES).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

/** All that decides what a stream does, as one text, by the stream's name. */
function streamsOf({ config, registry }: LoadedConfig): Map<string, string> {
  const everything = { inputs: [], services: [] };
  return new Map(
    chooseServices(config, registry, everything).flatMap(({ input, services }) =>
      services.map((service) =>
        [
          `${input.name} × ${service.name}`,
          compared([config.globals, { ...input, services: [] }, service, registry.resolve(service.name)]),
        ] as const
      )
    ),
  );
}

/** Secrets count by their values, which the text never leaves. */
function compared(value: readonly [Config["globals"], ...unknown[]]): string {
  return JSON.stringify(value, function (this: Record<string, unknown>, key, shown) {
    const original = this[key];
    const isSecret = typeof original === "object" && original !== null && "reveal" in original;
    return isSecret ? revealed(original as { reveal(): string }) : shown;
  });
}

function revealed(secret: { reveal(): string }): string | null {
  try {
    return secret.reveal();
  } catch {
    return null;
  }
}
