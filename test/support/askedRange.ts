import { parseInstant } from "../../src/instant.ts";

/** A request as the program makes it, or as a server gets it. */
interface Asked {
  readonly url: string;
  readonly body?: unknown;
}

/** The whole seconds that a request asks Graph for, both included; `null` for one that follows a page link. */
export function askedRange({ url, body }: Asked): { from: number; to: number } | null {
  const filter = new URL(url).searchParams.get("$filter");
  const query = typeof body === "string" ? body : "";
  const texts = [...(filter ?? query).matchAll(/ [gl]e (\S+)|datetime\(([^)]+)\)/g)];
  const [from, to] = texts.map(([, odata, kql]) => parseInstant(odata ?? kql!)!.seconds);
  return from === undefined || to === undefined ? null : { from, to };
}
