/**
 * graphtap as a library: pulls Microsoft Graph's security and audit collections and gives each record to the program
 * that imports it, at least once, with its position in local files.
 *
 * Importing this starts nothing and reads nothing; a tap begins with {@linkcode openTap}.
 *
 * @example Events in a loop, here from an emulated Graph in place of Microsoft's
 * ```ts
 * import { openTap } from "@graphtap/graphtap";
 * import { createEmulator } from "@graphtap/graphtap/emulator";
 *
 * const graph = createEmulator();
 * const tap = await openTap({
 *   config: {
 *     value: {
 *       inputs: {
 *         contoso: {
 *           id: "10001",
 *           enabled: true,
 *           credentials: {
 *             tenant_id: "3f7c1e52-90ab-4d6e-8c21-5b0e7a94d210",
 *             client_id: "b81d6f04-2a7e-4c39-9e55-0c3f1d8a6e77",
 *             client_secret: "not-a-secret",
 *           },
 *           services: { secure_scores: {} },
 *         },
 *       },
 *     },
 *   },
 *   stateDir: "state",
 *   fetch: graph.fetch,
 * });
 * graph.produce("secure_scores", 3);
 *
 * let count = 0;
 * for await (const event of tap.pull()) {
 *   if (event.service !== "secure_scores" || event.record["id"] !== event.id) throw new Error("not a score");
 *   count++;
 * }
 * await tap.close();
 * if (count !== 3) throw new Error(`${count} events`);
 * ```
 *
 * @module
 */
import type { SinkTapOptions, TapOptions } from "./mod/options.ts";
import type { EventTap, Tap } from "./mod/tap.ts";

export type { Clock } from "./clock.ts";
export {
  type ErrorCode,
  type ErrorDetails,
  type ErrorKind,
  type ExitCode,
  GraphtapError,
  type Recovery,
} from "./errors.ts";
export type { Fetch } from "./graph/fetchTransport.ts";
export { eventsOf, type PendingEvent, type TapEvent } from "./mod/event.ts";
export type { LineSink, SinkTapOptions, StreamChoice, StreamReport, TapOptions } from "./mod/options.ts";
export type { EventTap, StreamName, Tap, TapFacts } from "./mod/tap.ts";
export type * from "./plugin/plugin.ts";
export type { LineFormat } from "./record/line.ts";
export type { WriteLines } from "./sink/functionSink.ts";
export type { LogEntry, LogFields, LogLevel } from "./telemetry/logEntry.ts";
export type { ConfigSource } from "./wiring/configSource.ts";

/**
 * Opens a tap: reads the configuration and takes the state folder. Nothing is asked of Graph before a pull.
 *
 * @example To a sink of one's own, here an array
 * ```ts
 * import { eventsOf, openTap } from "@graphtap/graphtap";
 * import { createEmulator } from "@graphtap/graphtap/emulator";
 *
 * const graph = createEmulator();
 * const ids: (string | null)[] = [];
 * const tap = await openTap({
 *   config: {
 *     text: `
 * globals: {credentials: {client_id: b81d6f04-2a7e-4c39-9e55-0c3f1d8a6e77, client_secret: {env: GRAPH_SECRET}}}
 * inputs:
 *   contoso: {id: "10001", enabled: true, tenant_id: 3f7c1e52-90ab-4d6e-8c21-5b0e7a94d210, services: {secure_scores: {}}}
 * `,
 *   },
 *   stateDir: "state",
 *   env: { GRAPH_SECRET: "not-a-secret" },
 *   fetch: graph.fetch,
 *   sink: {
 *     write(lines) {
 *       for (const { id } of eventsOf(lines)) ids.push(id);
 *     },
 *   },
 * });
 * graph.produce("secure_scores", 2);
 *
 * const [first] = await tap.pull();
 * const [second] = await tap.pull();
 * await tap.close();
 * if (first?.sent !== 2 || second?.sent !== 0 || ids.length !== 2) throw new Error("not each record once");
 * ```
 *
 * @throws GraphtapError `config-*`, `plugin-*`, `secret-missing`: the configuration; `state-in-use`, `state-unusable`:
 *   the folder; `usage`: a variable of a proxy
 */
export function openTap(options: SinkTapOptions): Promise<Tap>;
/** Opens a tap whose events are read by a loop. */
export function openTap(options: TapOptions): Promise<EventTap>;
export async function openTap(options: TapOptions | SinkTapOptions): Promise<Tap | EventTap> {
  const { openEventTap, openSinkTap } = await import("./mod/open.ts");
  return "sink" in options && options.sink !== undefined ? openSinkTap(options) : openEventTap(options);
}
