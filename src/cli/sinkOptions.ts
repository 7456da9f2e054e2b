/** Where event lines shall go, by the words of a command. */
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { isLoopback } from "../config/endpoint.ts";
import { GraphtapError } from "../errors.ts";
import { groupNumber } from "../files/groups.ts";
import { isMissing, readWholeFile, whyUnreadable } from "../files/wholeFile.ts";
import type { Runtime } from "../wiring/runtime.ts";
import type { SinkOptions } from "../wiring/sink.ts";
import { type Given, usage } from "./options.ts";

/** The header for the receiver, where it shall stand in no file and on no command line. */
const AUTH_VARIABLE = "GRAPHTAP_SINK_AUTH";

/** The option that names the sink: `to`, or `sink` where `--to` is a time. */
export type SinkOptionName = "to" | "sink";

/**
 * Reads where event lines shall go.
 *
 * @param insecure whether plain http may leave this host (`globals.allow_insecure_urls`)
 * @param option @default "to"
 * @throws usage; secret-missing, secret-unreadable for the file of `--auth-file`
 */
export function sinkOptions(
  given: Given,
  env: Runtime["env"],
  insecure: boolean,
  option: SinkOptionName = "to",
): SinkOptions {
  const to = given.text(option) ?? "stdout";
  if (to === "stdout") return { kind: "stdout" };
  if (to.startsWith("file:") && to.length > "file:".length) {
    return {
      kind: "file",
      path: resolve(to.startsWith("file:///") ? fileURLToPath(to) : to.slice("file:".length)),
      rotateBytes: number(given, "rotate-bytes", 1) ?? 64 * 1024 * 1024,
      rotateSeconds: number(given, "rotate-seconds", 1) ?? 3600,
      maxSpoolBytes: number(given, "max-spool-bytes", 1),
      keepSeconds: number(given, "keep-seconds", 1),
      access: { mode: spoolMode(given), group: spoolGroup(given) },
    };
  }
  if (/^https?:\/\//i.test(to) && URL.canParse(to)) {
    return httpOptions(new URL(to), given, env, insecure, `--${option}`);
  }
  // An address may hold a password, even one that is written wrong.
  throw usage(
    given.command,
    `--${option} begins with "${to.split(/[:/]/)[0]}", expected stdout, file:PATH or http(s)://HOST/PATH`,
  );
}

/** @param option as on the command line */
function httpOptions(
  url: URL,
  given: Given,
  env: Runtime["env"],
  insecure: boolean,
  option: string,
): SinkOptions {
  if (url.protocol === "http:" && !insecure && !isLoopback(url.hostname)) {
    throw usage(
      given.command,
      `${option} is plain http to "${url.host}", expected https, or http to this host only, or globals.allow_insecure_urls: true`,
    );
  }
  const authorization = authorizationOf(url, given, env[AUTH_VARIABLE], option);
  url.username = url.password = url.hash = "";
  const deadLetter = given.text("dead-letter");
  return {
    kind: "http",
    url: url.href,
    authorization,
    body: given.text("body") === "fluent-bit" ? "fluent-bit" : "lines",
    gzip: given.has("gzip"),
    deadLetter: deadLetter === undefined ? null : resolve(deadLetter),
  };
}

function authorizationOf(
  url: URL,
  given: Given,
  variable: string | undefined,
  option: string,
): string | null {
  const file = given.text("auth-file");
  const inUrl = url.username !== "" || url.password !== "";
  const places = [
    ...(inUrl ? [`the address of ${option}`] : []),
    ...(file === undefined ? [] : ["--auth-file"]),
    ...(variable ? [`$${AUTH_VARIABLE}`] : []),
  ];
  if (places.length > 1) {
    throw usage(given.command, `The authorisation stands in ${places.join(" and ")}, expected one place`);
  }
  if (inUrl) {
    const text = `${decoded(url.username, given, option)}:${decoded(url.password, given, option)}`;
    return `Basic ${btoa(String.fromCharCode(...new TextEncoder().encode(text)))}`;
  }
  const text = file === undefined ? variable?.trim() : readAuthFile(file).trim();
  if (!text) return null;
  if (/^(Bearer|Basic) [\x21-\x7e]+$/i.test(text)) return text;
  throw usage(given.command, `${places[0]} does not hold one line such as "Bearer TOKEN" or "Basic BASE64"`);
}

function decoded(text: string, given: Given, option: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw usage(
      given.command,
      `The user or password in the address of ${option} has a % that begins no %XX; write it as %25`,
    );
  }
}

function readAuthFile(file: string): string {
  try {
    return readWholeFile(file).toString("utf8");
  } catch (cause) {
    const why = whyUnreadable(cause);
    const code = isMissing(cause) ? "secret-missing" : "secret-unreadable";
    throw new GraphtapError(code, `Cannot read --auth-file "${file}": ${why}`, { cause });
  }
}

/** Permission bits. Whoever may write the files of a spool may put events of his own there: nobody but a group may. */
function spoolMode(given: Given): number | null {
  const text = given.text("spool-mode");
  if (text === undefined) return null;
  if (/^0?6[046][04]$/.test(text)) return Number.parseInt(text, 8);
  throw usage(given.command, `--spool-mode is "${text}", expected 0600, 0640, 0644, 0660 or 0664`);
}

function spoolGroup(given: Given): number | null {
  const text = given.text("spool-group");
  if (text === undefined) return null;
  const group = groupNumber(text);
  if (group !== null) return group;
  throw usage(
    given.command,
    `--spool-group is "${text}", expected a group of /etc/group or the number of one`,
  );
}

function number(given: Given, name: string, least: number): number | null {
  const text = given.text(name);
  if (text === undefined) return null;
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw usage(given.command, `--${name} is "${text}", expected a whole number from ${least} on`);
}
