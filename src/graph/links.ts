import { createHash } from "node:crypto";
import { GraphtapError } from "../errors.ts";

/** The links that were followed in a window: what they look like is forgotten, for some have thousands of letters. */
export interface Visited {
  has(link: string): boolean;
  add(link: string): void;
}

export function createVisited(): Visited {
  const known = new Set<string>();
  const shortOf = (link: string) => createHash("sha256").update(link).digest("base64").slice(0, 22);
  return { has: (link) => known.has(shortOf(link)), add: (link) => void known.add(shortOf(link)) };
}

/**
 * The page link, if it may be followed with our token.
 *
 * @throws page-link-foreign it leads to another origin; page-link-loop it was followed before
 */
export function checkLink(
  link: string,
  graphUrl: string,
  service: string,
  visited: Pick<Visited, "has">,
): string {
  let origin: string;
  try {
    origin = new URL(link).origin;
  } catch {
    throw new GraphtapError("page-link-foreign", `Cannot follow page link of "${service}": it is not a URL`);
  }
  const wanted = new URL(graphUrl).origin;
  if (origin !== wanted) {
    throw new GraphtapError(
      "page-link-foreign",
      `Cannot follow page link of "${service}": it leads to ${origin}, expected ${wanted}; no token was sent there`,
    );
  }
  if (visited.has(link)) {
    throw new GraphtapError(
      "page-link-loop",
      `Cannot follow page link of "${service}": Graph gave the same link twice; the window is read again`,
    );
  }
  return link;
}
