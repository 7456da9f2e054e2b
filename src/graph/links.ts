import { hash } from "node:crypto";
import { GraphtapError } from "../errors.ts";
import { isPublicGraph } from "./clouds.ts";

/** The links that were followed in a window: what they look like is forgotten, for some have thousands of letters. */
export interface Visited {
  has(link: string): boolean;
  add(link: string): void;
}

export function createVisited(): Visited {
  const known = new Set<string>();
  const shortOf = (link: string) => hash("sha256", link, "base64").slice(0, 22);
  return { has: (link) => known.has(shortOf(link)), add: (link) => void known.add(shortOf(link)) };
}

/** Where a page link was found. */
export interface LinkPlace {
  readonly service: string;
  /** The address of Graph, as it is configured. */
  readonly graphUrl: string;
  /** The URL of the page that has the link. */
  readonly pageUrl: string;
  /** Links followed before in this window. */
  readonly visited: Pick<Visited, "has">;
}

/**
 * The address of the next page, if it may be followed with our token: on the configured origin, and nowhere else. A
 * relative link is resolved. Behind a reverse proxy links name the host that Graph has for everybody: these lead to
 * the proxy instead.
 *
 * @throws page-link-foreign it leads to another origin; page-link-loop it was followed before
 */
export function checkLink(link: string, { service, graphUrl, pageUrl, visited }: LinkPlace): string {
  const url = link === "" ? null : addressOf(link, graphUrl, pageUrl);
  if (url === null) {
    throw new GraphtapError("page-link-foreign", `Cannot follow page link of "${service}": it is not a URL`);
  }
  if (!isOurs(url, graphUrl)) {
    throw new GraphtapError(
      "page-link-foreign",
      `Cannot follow page link of "${service}": it leads to ${new URL(url).origin}, expected ${
        new URL(graphUrl).origin
      }; no token was sent there`,
    );
  }
  if (visited.has(url)) {
    throw new GraphtapError(
      "page-link-loop",
      `Cannot follow page link of "${service}": Graph gave the same link twice; the window is read again`,
    );
  }
  return url;
}

/** Whether a token may be sent to an absolute URL. */
export function isOurs(url: string, graphUrl: string): boolean {
  return URL.canParse(url) && new URL(url).origin === new URL(graphUrl).origin;
}

/** The absolute URL of a link; `null` when it is none. */
function addressOf(link: string, graphUrl: string, pageUrl: string): string | null {
  // A link to a page has no fragment: a "#" in it is one that was not escaped, with the token of the page behind it.
  const escaped = link.replaceAll("#", "%23");
  if (URL.canParse(escaped)) {
    const isBehindProxy = isPublicGraph(escaped) && !isPublicGraph(graphUrl);
    return isBehindProxy ? withBase(new URL(escaped), graphUrl) : escaped;
  }
  if (!URL.canParse(escaped, pageUrl)) return null;
  const resolved = new URL(escaped, pageUrl);
  return isOurs(resolved.href, graphUrl) ? withBase(resolved, graphUrl) : resolved.href;
}

/** The same path and query below the configured address, which may have a path of its own. */
function withBase({ pathname, search }: URL, graphUrl: string): string {
  const { origin, pathname: base } = new URL(graphUrl);
  const prefix = base.replace(/\/+$/, "");
  return origin + (pathname.startsWith(`${prefix}/`) ? pathname : prefix + pathname) + search;
}
