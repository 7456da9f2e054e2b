/** Positions that lie in the state folder and that no stream of the configuration takes: an input may have been renamed. */
import type { State } from "../state/state.ts";
import type { Log } from "../telemetry/log.ts";
import type { EnabledStream } from "./carryOver.ts";

/**
 * Says where streams begin although a position lies there that could be theirs.
 *
 * @param beginning streams that have nothing to go on from
 * @param files of the old collector that no stream has a use for
 * @throws state-unusable
 */
export function sayOfStrangers(
  state: State,
  beginning: readonly EnabledStream[],
  files: readonly string[],
  { ids, log }: { readonly ids: readonly string[]; readonly log: Log },
): void {
  if (beginning.length === 0) return;
  if (files.length > 0) {
    log.warn(
      "files of the old collector lie in the state folder that no stream of this configuration takes, and streams begin: " +
        "such a file goes by the input's name and id and the service; give the input the name and id that it had there",
      { files: files.slice(0, 5).join(", "), more: files.length > 5 ? files.length - 5 : undefined },
    );
  }
  const known = new Set(ids);
  const unknown = state.list().filter(({ inputId }) => !known.has(inputId));
  for (const { input, service } of beginning) {
    const former = unknown.filter((one) => one.service === service.name).map(({ inputId }) => inputId);
    if (former.length === 0) continue;
    log.warn(
      "begins, although the state folder holds positions of this service under ids that no input has: if one is this " +
        'input under its former id, "graphtap state export --input OLD | graphtap state import --input NEW" takes it over',
      { input: input.name, id: input.id, service: service.name, former: former.join(", ") },
    );
  }
}
