/** A value that must not be printed, and where it comes from. */
import { hash } from "node:crypto";
import { dirname, isAbsolute, join, resolve } from "node:path";
import * as z from "zod";
import { GraphtapError } from "../../errors.ts";
import { beginsAtHome } from "../../files/home.ts";
import { isMissing } from "../../files/wholeFile.ts";
import { text } from "../field.ts";
import { isSecretItself } from "./secretItself.ts";

const EXPECTED = "a text in quotes, {env: NAME} or {file: PATH}";
const WORDS = "a program and its arguments, as a list";
const EXPECTED_COMMAND = "{command: [PROGRAM, ARGUMENT, …]}";

const HIDDEN = "[secret]";

/** Holds a secret so that no log, template or serialiser shows it. */
export interface Secret {
  /**
   * The value. `{env}` and `{file}` are read at each call, so that a rotated secret is taken up.
   *
   * @throws `secret-missing`, `secret-unreadable`
   */
  reveal(): string;
  /**
   * Tells one secret from another as the configuration has them: by the value that it holds, or by the variable or the
   * file that it names, whatever is in there. A digest: it gives no value away.
   */
  origin(): string;
  toString(): "[secret]";
  toJSON(): "[secret]";
}

/** A secret: as it is, or where to find it. */
export const secretSchema = z.union([
  z.string().min(1, { error: EXPECTED }),
  z.strictObject({ env: text().describe("Environment variable that holds the secret.") }),
  z.strictObject({ file: text().describe("File with the secret on one line, relative to this file.") }),
], { error: EXPECTED });

/** A program that prints the secret, such as a vault's. */
export const commandSchema = z.strictObject({
  command: z.array(text(), { error: WORDS }).min(1, { error: WORDS }).describe(
    "A program and its arguments, run without a shell; the secret is the first line that it prints within 10 s.",
  ),
}, { error: EXPECTED_COMMAND });

/** A secret that is kept out of the configuration. */
export const outerSecretSchema = z.union(secretSchema.options.slice(1) as SecretPlaces, {
  error: "{env: NAME} or {file: PATH}",
});

type SecretPlaces = [(typeof secretSchema.options)[1], (typeof secretSchema.options)[2]];

/** How a secret stands in the configuration. */
export type SecretSource = z.output<typeof secretSchema>;

/** A program whose output is a secret. */
export interface Command {
  /** The program, absolute where it was written with a slash, and its arguments. */
  readonly command: readonly string[];
}

/** A file with a secret in it, read again whenever it is needed. */
export interface SecretFile {
  /** As it is opened and shown. */
  readonly path: string;
  /** @throws `secret-missing`, `secret-unreadable` */
  read(): Uint8Array;
}

/** What a secret is read from. */
export interface SecretReaders {
  /** The configuration file: a secret's file is relative to its folder. */
  readonly file: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The text of a file. @throws when it cannot be read. */
  readonly readFile: (path: string) => string;
  /** The bytes of a file. @throws when it cannot be read. @default what `readFile` gives, as UTF-8 */
  readonly readBytes?: (path: string) => Uint8Array;
  /** What others may do with a file, by its mode. @default not looked at */
  readonly accessOf?: (path: string) => FileAccess | null;
  /** Looks at a certificate whose files can be read. @default not looked at */
  readonly inspectCertificate?: (files: CertificateFiles) => readonly CertificateRemark[];
}

/** The files of a certificate with its key. */
export interface CertificateFiles {
  /** PEM with the certificate, and the key unless it has a file of its own; or PFX with both. */
  readonly certificate: SecretFile;
  readonly key: SecretFile | null;
  /** Of the key, or of the PFX. */
  readonly password: Secret | null;
}

/** What is to be said of a certificate. */
export interface CertificateRemark {
  readonly severity: "error" | "warning";
  /** The key of the configuration that it is about. */
  readonly part: "file" | "key" | "password";
  readonly message: string;
}

/** What users other than its owner and group may do with a file. */
export interface FileAccess {
  readonly read: boolean;
  readonly write: boolean;
  /** In octal digits, such as `0644`. */
  readonly mode: string;
}

/** What is wrong with the access to a file that holds a secret; `null` when nothing is. */
export function accessRemark(path: string, { accessOf }: Pick<SecretReaders, "accessOf">): string | null {
  const access = accessOf?.(path) ?? null;
  if (access === null || (!access.read && !access.write)) return null;
  const may = [...(access.read ? ["read"] : []), ...(access.write ? ["write"] : [])].join(" and ");
  return `every user of this host may ${may} "${path}" (mode ${access.mode}), which holds a secret; chmod o= closes it`;
}

/** The file of a secret as it is opened; `null` when the secret is in none. */
export function secretPath(source: SecretSource, readers: SecretReaders): string | null {
  return typeof source === "string" || !("file" in source)
    ? null
    : createSecretFile(source.file, readers).path;
}

/** A path as it is opened: relative to the folder of the configuration. */
function besides(file: string, path: string): string {
  return isAbsolute(path) ? path : join(dirname(file), path);
}

/** A file from its path in the configuration. Nothing is read yet. */
export function createSecretFile(written: string, readers: SecretReaders): SecretFile {
  const path = isSecretItself(written) ? HIDDEN : besides(readers.file, written);
  const readBytes = readers.readBytes ?? ((file) => new TextEncoder().encode(readers.readFile(file)));
  return { path, read: () => readOr(pathOf(written, readers.file), readBytes) };
}

/** @throws secret-unreadable it is no path */
function pathOf(written: string, file: string): string {
  if (isSecretItself(written)) {
    const reason = "this is no path, but what should be in a file; put it into one, and its path here";
    throw new GraphtapError("secret-unreadable", reason);
  }
  if (beginsAtHome(written)) {
    const reason = `cannot read file "${written}": nothing replaces the "~" there; write the whole path`;
    throw new GraphtapError("secret-unreadable", reason);
  }
  return besides(file, written);
}

/** A command from its words in the configuration: one named by a path is beside the file, others are on the PATH. */
export function createCommand([program = "", ...words]: readonly string[], file: string): Command {
  return { command: [/[\\/]/.test(program) ? besides(resolve(file), program) : program, ...words] };
}

/** A secret from its source. Nothing is read yet. */
export function createSecret(source: SecretSource, readers: SecretReaders): Secret {
  const hidden = () => HIDDEN;
  const methods = {
    reveal: () => reveal(source, readers),
    origin: () => originOf(source, readers.file),
    toString: hidden,
    toJSON: hidden,
    // What console.log asks for, on Node and on Deno.
    [Symbol.for("nodejs.util.inspect.custom")]: hidden,
    [Symbol.for("Deno.customInspect")]: hidden,
  };
  // Only closures hold the value, and as inherited ones they are no properties of the object.
  return Object.freeze(Object.create(Object.freeze(methods)) as Secret);
}

function originOf(source: SecretSource, file: string): string {
  const named = typeof source === "object" && "file" in source
    ? { file: besides(file, source.file) }
    : source;
  return hash("sha256", JSON.stringify(named), "hex");
}

function reveal(source: SecretSource, readers: SecretReaders): string {
  if (typeof source === "string") return source;
  if ("env" in source) {
    if (isSecretItself(source.env)) {
      const reason = "this is no variable's name, but a secret; set a variable to it, and name that here";
      throw new GraphtapError("secret-unreadable", reason);
    }
    const value = readers.env[source.env];
    if (value === undefined || value === "") {
      throw new GraphtapError(
        "secret-unreadable",
        `environment variable "${source.env}" is ${value === "" ? "empty" : "not set"}`,
      );
    }
    return oneLine(value, `environment variable "${source.env}"`);
  }
  return readOneLine(pathOf(source.file, readers.file), readers);
}

/** Editors, `echo` and `$(cat …)` in Windows' ways end a text with a line break that is not part of the secret. */
function oneLine(written: string, where: string): string {
  const value = written.replace(/^\uFEFF/, "").replace(/(\r?\n)+$/, "");
  if (value !== "" && !/[\r\n]/.test(value)) return value;
  const found = value === "" ? "is empty" : "holds several lines";
  throw new GraphtapError("secret-unreadable", `${where} ${found}; expected one line, the secret`);
}

function readOneLine(path: string, readers: SecretReaders): string {
  return oneLine(readOr(path, readers.readFile), `file "${path}"`);
}

function readOr<T>(path: string, read: (path: string) => T): T {
  try {
    return read(path);
  } catch (cause) {
    const reason = errorCodeOf(cause);
    const code = isMissing(cause) ? "secret-missing" : "secret-unreadable";
    throw new GraphtapError(code, `cannot read file "${path}"${reason}`, { cause });
  }
}

function errorCodeOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ETIMEDOUT") return ": it is a pipe, and nothing comes from it";
  if (code === "EFBIG") return ": it is too long to be a secret";
  return typeof code === "string" ? ` (${code})` : "";
}
