import { systemClock } from "../../clock.ts";
import type { ExitCode } from "../../errors.ts";
import { listen } from "../../server/listen.ts";
import { createTapServer } from "../../server/server.ts";
import { pollForever } from "../../tap/scheduler.ts";
import { watchClock } from "../../wiring/clockWatch.ts";
import { readConfig } from "../../wiring/configFile.ts";
import { runToEnd } from "../../wiring/end.ts";
import { beat } from "../../wiring/heartbeat.ts";
import { type Given, usage } from "../options.ts";
import type { Runtime } from "../../wiring/runtime.ts";
import { withStatistics } from "../../wiring/statistics.ts";
import { openTap } from "../../wiring/tap.ts";
import { heartbeatOf, tapOptions } from "../tapOptions.ts";
import { parseListenAddress, readToken } from "../serveOptions.ts";
import { version } from "../../wiring/version.ts";

/** `graphtap serve`: `run` with a server beside it, or with `--no-poll` only the server. */
export async function run(given: Given, runtime: Runtime): Promise<ExitCode> {
  const address = parseListenAddress(given.text("listen"));
  const token = readToken(given, runtime.env);
  if (!address.loopback && token === null) {
    throw usage(
      "serve",
      `--listen ${address.host} can be reached from other machines, which needs a token: give --token-file FILE or $GRAPHTAP_TOKEN`,
    );
  }
  const heartbeat = heartbeatOf(given);
  const polls = !given.has("no-poll");
  const loaded = await readConfig(given.text("config"), runtime, systemClock.now());
  const opened = openTap(tapOptions(given, runtime, loaded), runtime, loaded);
  const tap = withStatistics(opened, runtime.rssBytes);
  const { engine, log, stop } = tap;
  void watchClock(tap);

  async function serve(): Promise<never> {
    const server = createTapServer({
      streams: tap.streams,
      engine,
      stop,
      log,
      guard: { loopback: address.loopback, token },
      polls,
      version,
      rssBytes: runtime.rssBytes,
    });
    const listening = await listen(server.app, address);
    log.info("listening", { url: listening.url, polls });
    if (polls && heartbeat !== null) void beat(tap, heartbeat);
    const closed = new Promise<void>((resolve) => {
      const close = () => {
        server.dismiss();
        resolve(listening.close());
      };
      if (stop.signal.aborted) close();
      else stop.signal.addEventListener("abort", close, { once: true });
    });
    try {
      return await pollForever(polls ? server.streams : [], engine, stop, server.poll);
    } finally {
      await closed;
      await server.idle();
    }
  }
  return runToEnd(tap, serve());
}
