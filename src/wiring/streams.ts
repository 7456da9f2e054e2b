import type { State } from "../state/state.ts";
import type { Stream } from "../tap/stream.ts";
import { buildSources, type Parts } from "./sources.ts";

/** The streams that the configuration names and the options choose: sources with their positions. @throws usage */
export function buildStreams(parts: Parts & { readonly state: State }): Stream[] {
  return buildSources(parts).map(({ tokens: _, ...source }) => ({
    ...source,
    state: parts.state.stream({ inputId: source.input.id, service: source.service.name }),
  }));
}
