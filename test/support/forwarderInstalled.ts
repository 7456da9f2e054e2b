/** Shippers that this machine may have. */
import { spawnSync } from "node:child_process";
import process from "node:process";

export interface Installed {
  readonly path: string;
  /** As it says itself, such as `5.1.1`. */
  readonly version: string;
}

/**
 * Finds a shipper: by its variable, or else on the PATH.
 *
 * @returns why there is none, when there is none
 */
export function findInstalled(name: string, variable: string): Installed | string {
  const path = process.env[variable] ?? name;
  const asked = spawnSync(path, ["--version"], { encoding: "utf8" });
  const version = /\bv?(\d+\.\d+\.\d+)/.exec(asked.stdout ?? "")?.[1];
  if (version !== undefined) return { path, version };
  return process.env[variable] === undefined
    ? `${name} is not on the PATH, and $${variable} names none`
    : `$${variable} is "${path}", which does not tell its version`;
}
