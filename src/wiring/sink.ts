import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Clock } from "../clock.ts";
import { isLoopback } from "../config/endpoint.ts";
import { GraphtapError } from "../errors.ts";
import type { ChooseProxy } from "../net/proxy.ts";
import { createDeadLetters } from "../sink/deadLetter.ts";
import { openFileSink } from "../sink/file.ts";
import { createHttpSink } from "../sink/http.ts";
import type { BodyKind } from "../sink/httpBody.ts";
import type { Sink } from "../sink/sink.ts";
import { createStdoutSink } from "../sink/stdout.ts";
import type { Log } from "../telemetry/log.ts";
import { type Given, usage } from "../cli/options.ts";
import type { Runtime } from "./runtime.ts";
import { version } from "./version.ts";
import { readWholeFile, whyUnreadable } from "../files/wholeFile.ts";

/** The header for the receiver, where it shall stand in no file and on no command line. */
const AUTH_VARIABLE = "GRAPHTAP_SINK_AUTH";

/** A sink that was asked for, checked and not yet open. */
export type SinkChoice =
  | { readonly kind: "stdout" }
  | {
    readonly kind: "file";
    readonly path: string;
    readonly rotateBytes: number;
    readonly rotateSeconds: number;
    readonly maxSpoolBytes: number | null;
    readonly keepSeconds: number | null;
  }
  | {
    readonly kind: "http";
    readonly url: string;
    readonly authorization: string | null;
    readonly body: BodyKind;
    readonly gzip: boolean;
    /** `null` for the one in the state folder. */
    readonly deadLetter: string | null;
  };

/**
 * Reads where event lines shall go.
 *
 * @param insecure whether plain http may leave this host (`globals.allow_insecure_urls`)
 * @throws usage; secret-unreadable for the file of `--auth-file`
 */
export function sinkOf(given: Given, env: Runtime["env"], insecure: boolean): SinkChoice {
  const to = given.text("to") ?? "stdout";
  if (to === "stdout") return { kind: "stdout" };
  if (to.startsWith("file:") && to.length > "file:".length) {
    return {
      kind: "file",
      path: resolve(to.startsWith("file:///") ? fileURLToPath(to) : to.slice("file:".length)),
      rotateBytes: number(given, "rotate-bytes", 1) ?? 64 * 1024 * 1024,
      rotateSeconds: number(given, "rotate-seconds", 1) ?? 3600,
      maxSpoolBytes: number(given, "max-spool-bytes", 1),
      keepSeconds: number(given, "keep-seconds", 1),
    };
  }
  if (/^https?:\/\//i.test(to) && URL.canParse(to)) return httpChoice(new URL(to), given, env, insecure);
  // An address may hold a password, even one that is written wrong.
  throw usage(
    given.command,
    `${optionOf(given)} begins with "${
      to.split(/[:/]/)[0]
    }", expected stdout, file:PATH or http(s)://HOST/PATH`,
  );
}

/** `replay` calls it otherwise, since its --to is a time. */
function optionOf({ command }: Given): string {
  return command === "replay" ? "--sink" : "--to";
}

function httpChoice(url: URL, given: Given, env: Runtime["env"], insecure: boolean): SinkChoice {
  if (url.protocol === "http:" && !insecure && !isLoopback(url.hostname)) {
    throw usage(
      given.command,
      `${
        optionOf(given)
      } is plain http to "${url.host}", expected https, or http to this host only, or globals.allow_insecure_urls: true`,
    );
  }
  const authorization = authorizationOf(url, given, env[AUTH_VARIABLE]);
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

function authorizationOf(url: URL, given: Given, variable: string | undefined): string | null {
  const file = given.text("auth-file");
  const inUrl = url.username !== "" || url.password !== "";
  const places = [
    ...(inUrl ? [`the address of ${optionOf(given)}`] : []),
    ...(file === undefined ? [] : ["--auth-file"]),
    ...(variable ? [`$${AUTH_VARIABLE}`] : []),
  ];
  if (places.length > 1) {
    throw usage(given.command, `The authorisation stands in ${places.join(" and ")}, expected one place`);
  }
  if (inUrl) {
    const text = `${decoded(url.username, given)}:${decoded(url.password, given)}`;
    return `Basic ${btoa(String.fromCharCode(...new TextEncoder().encode(text)))}`;
  }
  const text = file === undefined ? variable?.trim() : readAuthFile(file).trim();
  if (!text) return null;
  if (/^(Bearer|Basic) [\x21-\x7e]+$/i.test(text)) return text;
  throw usage(given.command, `${places[0]} does not hold one line such as "Bearer TOKEN" or "Basic BASE64"`);
}

function decoded(text: string, given: Given): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw usage(
      given.command,
      `The user or password in the address of ${optionOf(given)} has a % that begins no %XX; write it as %25`,
    );
  }
}

function readAuthFile(file: string): string {
  try {
    return readWholeFile(file).toString("utf8");
  } catch (cause) {
    const why = whyUnreadable(cause);
    throw new GraphtapError("secret-unreadable", `Cannot read --auth-file "${file}": ${why}`, { cause });
  }
}

function number(given: Given, name: string, least: number): number | null {
  const text = given.text(name);
  if (text === undefined) return null;
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw usage(given.command, `--${name} is "${text}", expected a whole number from ${least} on`);
}

/** What a sink needs of the process. */
export interface SinkSurroundings {
  readonly runtime: Runtime;
  readonly stateDir: string;
  /** Whether the lines are JSON. */
  readonly json: boolean;
  readonly proxy: ChooseProxy;
  readonly clock: Clock;
  readonly log: Log;
  readonly stop: AbortSignal;
}

/** Opens the sink that was chosen. @throws sink-full, sink-unusable */
export function openSink(choice: SinkChoice, surroundings: SinkSurroundings): Sink {
  const { runtime, clock, log } = surroundings;
  const now = () => clock.now();
  if (choice.kind === "stdout") return createStdoutSink(runtime.writeStdout, surroundings);
  if (choice.kind === "file") {
    return openFileSink({ ...choice, locker: runtime.locker, now, report: (note) => log.warn(note) });
  }
  return createHttpSink({
    ...choice,
    ...surroundings,
    userAgent: `graphtap/${version}`,
    random: Math.random,
    deadLetters: createDeadLetters(
      choice.deadLetter ?? join(surroundings.stateDir, "dead-letter.ndjson"),
      new URL(choice.url).origin,
      now,
    ),
  });
}
