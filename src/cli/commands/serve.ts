import { systemClock } from "../../clock.ts";
import type { ExitCode } from "../../errors.ts";
import { listen, type ListenAddress, type Listening } from "../../server/listen.ts";
import { createTapServer, type TapServer } from "../../server/server.ts";
import { createStandingBy } from "../../server/standingBy.ts";
import { watchClock } from "../../wiring/clockWatch.ts";
import type { LoadedConfig } from "../../wiring/configFile.ts";
import { beat } from "../../wiring/heartbeat.ts";
import { polledBy } from "../../wiring/polled.ts";
import { type Reload, type RunningWork, runReloading } from "../../wiring/reload.ts";
import type { Given } from "../options.ts";
import type { Runtime } from "../../wiring/runtime.ts";
import type { ServiceManager } from "../../wiring/serviceManager.ts";
import type { Meanwhile, Waiting } from "../../wiring/standBy.ts";
import { withStatistics } from "../../wiring/statistics.ts";
import type { Tap } from "../../wiring/tap.ts";
import { watchPolls } from "../../wiring/watchdog.ts";
import { heartbeatOf, tapOptions } from "../tapOptions.ts";
import { accessTo, keepToken, parseListenAddress } from "../serveOptions.ts";
import { version } from "../../wiring/version.ts";

/** `graphtap serve`: `run` with a server beside it, or with `--no-poll` only the server. */
export async function run(given: Given, runtime: Runtime): Promise<ExitCode> {
  const address = parseListenAddress(given.text("listen"));
  const { guard, ownToken } = accessTo(address, given, runtime.env);
  const heartbeat = heartbeatOf(given);
  const polls = !given.has("no-poll");
  const { rssBytes, cpuSeconds, startedMs, runtimeName } = runtime;
  let door: Door | null = null;

  async function whileWaiting({ log, holder }: Waiting): Promise<Meanwhile> {
    const standing = { runtime: runtimeName, startedMs };
    const app = createStandingBy({ guard, log, clock: systemClock, holder, version, program: standing });
    const { url, close } = door = await openDoor(address, app);
    log.info("listening", { url, polls: false });
    return { end: close };
  }

  async function work(
    tap: Tap,
    { reloads, again }: Reload,
    manager: ServiceManager,
  ): Promise<RunningWork> {
    const engine = withStatistics(tap, runtime.rssBytes);
    const { streams, log, stop } = tap;
    void watchClock(tap);
    const token_file = ownToken === null ? undefined : keepToken(ownToken, tap.stateDir);
    const program = {
      rssBytes,
      cpuSeconds,
      startedMs,
      runtime: runtimeName,
      reloads,
      get share() {
        return tap.share;
      },
    };
    const reload = () => again("POST /v1/reload");
    const server = createTapServer({ streams, engine, stop, log, guard, polls, version, program, reload });
    const listening = door ??= await openDoor(address, server.app);
    listening.leadsTo(server.app);
    log.info("listening", { url: listening.url, polls, token_file });
    const closed = new Promise<void>((resolve) =>
      whenAborted(stop.signal, () => {
        server.dismiss();
        resolve(listening.close());
      })
    );
    if (polls && heartbeat !== null) void beat(tap, engine, heartbeat);
    const running = polledBy(tap, engine, server, polls);
    manager.ready();
    void watchPolls(tap, manager, server.status);
    const end = () => closed.then(() => server.idle());
    return { ...running, ended: running.ended.finally(end) };
  }
  const optionsFor = (loaded: LoadedConfig) => tapOptions(given, runtime, loaded);
  return await runReloading({ config: given.all("config"), optionsFor, whileWaiting, work }, runtime);
}

/** What listens, whichever app is behind it. */
interface Door extends Listening {
  leadsTo(app: TapServer["app"]): void;
}

/** @throws address-unavailable, usage when it cannot listen there */
async function openDoor(address: ListenAddress, first: TapServer["app"]): Promise<Door> {
  let app = first;
  const listening = await listen({ fetch: (...request) => app.fetch(...request) }, address);
  return { ...listening, leadsTo: (next) => void (app = next) };
}

function whenAborted(signal: AbortSignal, callback: () => void): void {
  if (signal.aborted) callback();
  else signal.addEventListener("abort", callback, { once: true });
}
