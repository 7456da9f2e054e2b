/** The files that a configuration consists of, as the command line or the environment names them. */
import { readdirSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { FileText } from "../config/document/part.ts";
import { asGraphtapError, GraphtapError } from "../errors.ts";
import { isMissing, readWholeFile, readWholeStream, whyUnreadable } from "../files/wholeFile.ts";
import type { Runtime } from "./runtime.ts";

/** What a folder's files end in. */
const ENDING = ".yaml";
/** What ends so may be meant as one, and is told where it is passed over. */
const SIMILAR = /\.(yml|json)$/i;

/**
 * The files that names stand for, in order: a file, `-`, or a folder with its `*.yaml` in the order of their names.
 * Names that begin with a dot are none, as for a shell: Kubernetes keeps older versions under such names.
 *
 * @param tell says which files of a folder are passed over
 * @throws config-unreadable where a folder cannot be listed or holds none
 */
export function filesOf(names: readonly string[], tell: (line: string) => void): readonly string[] {
  return names.flatMap((name) => isFolder(name) ? filesIn(name, tell) : [name]);
}

function isFolder(name: string): boolean {
  try {
    return name !== "-" && statSync(name).isDirectory();
  } catch {
    // Whoever opens it says why it cannot be.
    return false;
  }
}

function filesIn(folder: string, tell: (line: string) => void): string[] {
  const names = listed(folder).filter((name) => !name.startsWith("."));
  const found = names.filter((name) => name.endsWith(ENDING)).toSorted();
  for (const name of names.filter((one) => SIMILAR.test(one)).toSorted()) {
    tell(`"${join(folder, name)}" is not read: of a folder only files are that end in ${ENDING}`);
  }
  if (found.length > 0) return found.map((name) => join(folder, name));
  throw unreadable(folder, `it is a folder without a file that ends in ${ENDING}`, null);
}

function listed(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    throw unreadable(folder, whyUnreadable(error), error);
  }
}

/**
 * Reads files; of several, one that cannot be read is a problem among those of the others.
 *
 * @param runtime left out by who has no standard input: `-` is a file as any other then
 * @throws config-*
 */
export async function readFiles(
  files: readonly string[],
  runtime?: Pick<Runtime, "stdin">,
): Promise<readonly FileText[]> {
  const texts: FileText[] = [];
  for (const file of files) {
    try {
      texts.push({ file, text: file === "-" && runtime ? await readStdin(runtime) : readFile(file) });
    } catch (thrown) {
      if (files.length === 1) throw thrown;
      texts.push({ file, text: asGraphtapError(thrown) });
    }
  }
  return texts;
}

function readFile(file: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(readWholeFile(file));
  } catch (error) {
    throw unreadable(file, error instanceof TypeError ? "it is not UTF-8 text" : whyUnreadable(error), error);
  }
}

async function readStdin(runtime: Pick<Runtime, "stdin">): Promise<string> {
  try {
    return (await readWholeStream(runtime.stdin())).toString("utf8");
  } catch (error) {
    throw unreadable("-", whyUnreadable(error), error);
  }
}

function unreadable(file: string, why: string, cause: unknown): GraphtapError {
  const code = isMissing(cause) ? "config-missing" : "config-unreadable";
  return new GraphtapError(code, `Cannot read configuration "${file}": ${why}`, { cause });
}

/** The folder of the old collector's layout around a file. */
export function homeOf(file: string): string {
  if (file === "-") return resolve(".");
  const folder = dirname(resolve(file));
  return basename(folder) === "config" ? dirname(folder) : folder;
}
