import type { ExitCode } from "../../errors.ts";
import type { GuardOptions } from "../../server/guard.ts";
import { listen, type ListenAddress } from "../../server/listen.ts";
import { createTapServer, type TapServer } from "../../server/server.ts";
import { pollForever } from "../../tap/scheduler.ts";
import { watchClock } from "../../wiring/clockWatch.ts";
import type { LoadedConfig } from "../../wiring/configFile.ts";
import type { Reloads } from "../../telemetry/reloads.ts";
import { beat } from "../../wiring/heartbeat.ts";
import { runReloading } from "../../wiring/reload.ts";
import { type Given, usage } from "../options.ts";
import type { Runtime } from "../../wiring/runtime.ts";
import { watchSecrets } from "../../wiring/secretWatch.ts";
import { withStatistics } from "../../wiring/statistics.ts";
import type { ServiceManager } from "../../wiring/serviceManager.ts";
import type { Tap } from "../../wiring/tap.ts";
import { watchPolls } from "../../wiring/watchdog.ts";
import { heartbeatOf, tapOptions } from "../tapOptions.ts";
import { keepToken, newToken, parseListenAddress, readToken } from "../serveOptions.ts";
import { version } from "../../wiring/version.ts";

/** `graphtap serve`: `run` with a server beside it, or with `--no-poll` only the server. */
export async function run(given: Given, runtime: Runtime): Promise<ExitCode> {
  const address = parseListenAddress(given.text("listen"));
  const givenToken = readToken(given, runtime.env);
  const isPort = "port" in address;
  if (isPort && !address.loopback && givenToken === null) {
    throw usage(
      "serve",
      `--listen ${address.host} can be reached from other machines, which needs a token: give --token-file FILE or $GRAPHTAP_TOKEN`,
    );
  }
  // Every user of this machine can reach the port, and a pull takes records away from whom they are for.
  const ownToken = isPort && givenToken === null ? newToken() : null;
  const guard: GuardOptions = {
    // No name of another site leads to a socket in the file system, so it may be called as anybody likes.
    loopback: isPort && address.loopback,
    token: givenToken ?? ownToken,
    opensFigures: ownToken !== null,
  };
  const heartbeat = heartbeatOf(given);
  const polls = !given.has("no-poll");
  let door: Door | null = null;

  async function work(
    opened: Tap,
    ending: AbortSignal,
    reloads: Reloads,
    manager: ServiceManager,
  ): Promise<never> {
    const tap = withStatistics(opened, runtime.rssBytes);
    const { streams, engine, log, stop } = tap;
    void watchClock(tap);
    void watchSecrets(tap);
    const token_file = ownToken === null ? undefined : keepToken(ownToken, tap.stateDir);
    const { rssBytes, cpuSeconds, startedMs, runtimeName } = runtime;
    const program = { rssBytes, cpuSeconds, startedMs, runtime: runtimeName, reloads };
    const server = createTapServer({ streams, engine, stop, log, guard, polls, version, program });
    if (door === null) {
      door = await openDoor(address, ending, server.app);
      log.info("listening", { url: door.url, polls, token_file });
    } else door.leadsTo(server.app);
    if (polls && heartbeat !== null) void beat(tap, heartbeat);
    manager.ready();
    void watchPolls(tap, manager, server.status);
    if (stop.signal.aborted) server.dismiss();
    else stop.signal.addEventListener("abort", () => server.dismiss(), { once: true });
    try {
      return await pollForever(polls ? server.streams : [], engine, stop, server.poll, server.plan);
    } finally {
      if (ending.aborted) await door.closed;
      await server.idle();
    }
  }
  const optionsFor = (loaded: LoadedConfig) => tapOptions(given, runtime, loaded);
  return await runReloading({ config: given.all("config"), optionsFor, work }, runtime);
}

/** What listens for as long as the process runs, whichever tap is behind it. */
interface Door {
  readonly url: string;
  leadsTo(app: TapServer["app"]): void;
  /** Resolves when nobody is served any more, after the end of the process began. */
  readonly closed: Promise<void>;
}

/** @throws usage when it cannot listen there */
async function openDoor(address: ListenAddress, ending: AbortSignal, first: TapServer["app"]): Promise<Door> {
  let app = first;
  const listening = await listen({ fetch: (...request) => app.fetch(...request) }, address);
  const closed = new Promise<void>((resolve) => {
    const close = () => resolve(listening.close());
    if (ending.aborted) close();
    else ending.addEventListener("abort", close, { once: true });
  });
  return { url: listening.url, closed, leadsTo: (next) => void (app = next) };
}
