import { systemClock } from "../../clock.ts";
import type { ExitCode } from "../../errors.ts";
import type { GuardOptions } from "../../server/guard.ts";
import { listen, type ListenAddress, type Listening } from "../../server/listen.ts";
import { createTapServer, type TapServer } from "../../server/server.ts";
import { createStandingBy } from "../../server/standingBy.ts";
import type { Beside } from "../../wiring/beside.ts";
import { watchClock } from "../../wiring/clockWatch.ts";
import type { LoadedConfig } from "../../wiring/configFile.ts";
import { beat } from "../../wiring/heartbeat.ts";
import { polledBy } from "../../wiring/polled.ts";
import { type Reload, type RunningWork, runReloading } from "../../wiring/reload.ts";
import { type Given, usage } from "../options.ts";
import type { Runtime } from "../../wiring/runtime.ts";
import type { ServiceManager } from "../../wiring/serviceManager.ts";
import type { Meanwhile, Waiting } from "../../wiring/standBy.ts";
import { withStatistics } from "../../wiring/statistics.ts";
import type { Tap } from "../../wiring/tap.ts";
import { watchPolls } from "../../wiring/watchdog.ts";
import { heartbeatOf, tapOptions } from "../tapOptions.ts";
import { keepToken, newToken, parseListenAddress, readToken } from "../serveOptions.ts";
import { version } from "../../wiring/version.ts";

/** `graphtap serve`: `run` with a server beside it, or with `--no-poll` only the server. */
export function run(given: Given, runtime: Runtime): Promise<ExitCode> {
  return deliver(given, runtime);
}

/** The same with what lives beside it. */
export async function deliver(given: Given, runtime: Runtime, beside?: Beside): Promise<ExitCode> {
  const address = parseListenAddress(given.text("listen"));
  const { guard, ownToken } = accessTo(address, given, runtime);
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
      damages: tap.damages,
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
  return await runReloading({ config: given.all("config"), optionsFor, whileWaiting, beside, work }, runtime);
}

/** Who may call at that address. */
interface Access {
  readonly guard: GuardOptions;
  /** Made for this process where none was given and one is needed. */
  readonly ownToken: string | null;
}

/** @throws usage when others could reach it, and no token is given */
function accessTo(address: ListenAddress, given: Given, { env }: Runtime): Access {
  const givenToken = readToken(given, env);
  const isPort = "port" in address;
  if (isPort && !address.loopback && givenToken === null) {
    throw usage(
      "serve",
      `--listen ${address.host} can be reached from other machines, which needs a token: give --token-file FILE or $GRAPHTAP_TOKEN`,
    );
  }
  // Every user of this machine can reach the port, and a pull takes records away from whom they are for.
  const ownToken = isPort && givenToken === null ? newToken() : null;
  return {
    ownToken,
    guard: {
      // No name of another site leads to a socket in the file system, so it may be called as anybody likes.
      loopback: isPort && address.loopback,
      token: givenToken ?? ownToken,
      opensFigures: ownToken !== null,
    },
  };
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
