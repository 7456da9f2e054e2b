/** A value that must not be printed, and where it comes from. */
import { dirname, isAbsolute, join } from "node:path";
import * as z from "zod";
import { GraphtapError } from "../errors.ts";
import { text } from "./field.ts";

const EXPECTED = "a text in quotes, {env: NAME} or {file: PATH}";

/** Holds a secret so that no log, template or serialiser shows it. */
export interface Secret {
  /**
   * The value. `{env}` and `{file}` are read at each call, so that a rotated secret is taken up.
   *
   * @throws `secret-unreadable`
   */
  reveal(): string;
  toString(): "[secret]";
  toJSON(): "[secret]";
}

/** A secret: as it is, or where to find it. */
export const secretSchema = z.union([
  z.string().min(1, { error: EXPECTED }),
  z.strictObject({ env: text().describe("Environment variable that holds the secret.") }),
  z.strictObject({ file: text().describe("File with the secret on one line, relative to this file.") }),
], { error: EXPECTED });

/** How a secret stands in the configuration. */
export type SecretSource = z.output<typeof secretSchema>;

/** What a secret is read from. */
export interface SecretReaders {
  /** The configuration file: a secret's file is relative to its folder. */
  readonly file: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The text of a file. @throws when it cannot be read. */
  readonly readFile: (path: string) => string;
}

/** A secret from its source. Nothing is read yet. */
export function createSecret(source: SecretSource, readers: SecretReaders): Secret {
  const hidden = () => "[secret]" as const;
  const methods = {
    reveal: () => reveal(source, readers),
    toString: hidden,
    toJSON: hidden,
    // What console.log asks for, on Node and on Deno.
    [Symbol.for("nodejs.util.inspect.custom")]: hidden,
    [Symbol.for("Deno.customInspect")]: hidden,
  };
  // Only closures hold the value, and as inherited ones they are no properties of the object.
  return Object.freeze(Object.create(Object.freeze(methods)) as Secret);
}

function reveal(source: SecretSource, readers: SecretReaders): string {
  if (typeof source === "string") return source;
  if ("env" in source) {
    const value = readers.env[source.env];
    if (value === undefined || value === "") {
      throw new GraphtapError(
        "secret-unreadable",
        `environment variable "${source.env}" is ${value === "" ? "empty" : "not set"}`,
      );
    }
    return oneLine(value, `environment variable "${source.env}"`);
  }
  return readOneLine(source.file, readers);
}

/** Editors, `echo` and `$(cat …)` in Windows' ways end a text with a line break that is not part of the secret. */
function oneLine(written: string, where: string): string {
  const value = written.replace(/^\uFEFF/, "").replace(/(\r?\n)+$/, "");
  if (value !== "" && !/[\r\n]/.test(value)) return value;
  const found = value === "" ? "is empty" : "holds several lines";
  throw new GraphtapError("secret-unreadable", `${where} ${found}; expected one line, the secret`);
}

function readOneLine(file: string, readers: SecretReaders): string {
  const path = isAbsolute(file) ? file : join(dirname(readers.file), file);
  let written: string;
  try {
    written = readers.readFile(path);
  } catch (cause) {
    const reason = errorCodeOf(cause);
    throw new GraphtapError("secret-unreadable", `cannot read file "${path}"${reason}`, { cause });
  }
  return oneLine(written, `file "${path}"`);
}

function errorCodeOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ETIMEDOUT") return ": it is a pipe, and nothing comes from it";
  if (code === "EFBIG") return ": it is too long to be a secret";
  return typeof code === "string" ? ` (${code})` : "";
}
