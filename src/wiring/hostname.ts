import { hostname } from "node:os";
import { type Given, usage } from "../cli/options.ts";

/**
 * HOST of the devo format: what was given, or this machine's name. No other format shows it, and Deno asks for a
 * permission to know it.
 *
 * @throws usage Deno may not tell the name
 */
export function hostOf(given: Given): string {
  const named = given.text("hostname");
  if (named !== undefined || given.text("format") !== "devo") return named ?? "localhost";
  try {
    return hostname();
  } catch {
    throw usage(
      given.command,
      "--format devo needs this machine's name, and Deno was not allowed to tell it: " +
        "run Deno with --allow-sys=hostname, or give --hostname NAME",
    );
  }
}
