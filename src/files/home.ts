/**
 * Whether a path begins with a `~`, as a shell would replace it. Nothing here does, since whose home is meant is not told
 * in a unit or a container: it would become a folder of this name.
 */
export function beginsAtHome(path: string): boolean {
  return /^~[^/]*(?:\/|$)/.test(path);
}
