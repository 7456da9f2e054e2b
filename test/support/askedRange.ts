import { parseInstant } from "../../src/instant.ts";

/** The whole seconds that a request asks Graph for, both included; `null` for one that follows a page link. */
export function askedRange({ url }: { readonly url: string }): { from: number; to: number } | null {
  const filter = new URL(url).searchParams.get("$filter");
  const [from, to] = [...(filter ?? "").matchAll(/ [gl]e (\S+)/g)].map(([, text]) =>
    parseInstant(text!)!.seconds
  );
  return from === undefined || to === undefined ? null : { from, to };
}
