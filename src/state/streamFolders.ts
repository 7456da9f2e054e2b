/** Where in a state folder each stream is: `<input id>/<service>/`, the names made safe. */
import { renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { attempt } from "../files/failure.ts";
import {
  isFolder,
  listFolder,
  makeFolder,
  readFileIfAny,
  removeUnfinished,
  replaceFile,
  syncFolder,
} from "../files/durable.ts";
import { decodeName, encodeName } from "./streamName.ts";

/** Which stream: an input of the configuration, and one of its services. */
export interface StreamAddress {
  /** `id` of the input. */
  readonly inputId: string;
  readonly service: string;
}

// Holds the text that a folder stands for where its name is too short to tell. A leading dot is never a stream's.
const NAME_FILE = ".name";

// What a reset leaves if it is killed half way.
const GONE = ".gone-";

// What is not in its place yet, or never comes there if whoever brings it is killed.
const COMING = ".coming-";

/** The position of a stream, in its folder. */
export const CHECKPOINT_FILE = "checkpoint.json";
/** The segments of its seen set, in its folder. */
export const SEEN_FOLDER = "seen";

/** The folder of a stream. */
export function streamFolder(root: string, { inputId, service }: StreamAddress): string {
  return join(root, encodeName(inputId), encodeName(service));
}

/** Makes the folder of a stream. @throws `state-unusable`, also when a symbolic link is in its place */
export function makeStreamFolder(root: string, { inputId, service }: StreamAddress): string {
  const input = makeNamed(root, inputId);
  return makeNamed(input, service);
}

function makeNamed(parent: string, text: string, folder: string = join(parent, encodeName(text))): string {
  const name = encodeName(text);
  if (!isFolder(folder)) makeFolder(folder);
  if (decodeName(name) === null && readFileIfAny(join(folder, NAME_FILE)) === null) {
    replaceFile(join(folder, NAME_FILE), JSON.stringify(text));
  }
  return folder;
}

/** Makes an empty folder that becomes a stream's by {@linkcode placeComing}. @throws `state-unusable` */
export function makeComing(root: string, { inputId, service }: StreamAddress): string {
  const input = makeNamed(root, inputId);
  const folder = comingFolder(root, { inputId, service });
  removeTree(folder);
  return makeNamed(input, service, folder);
}

/** Makes it the stream's folder, durably and at once; what the stream had is gone before. @throws `state-unusable` */
export function placeComing(root: string, address: StreamAddress): void {
  const folder = streamFolder(root, address);
  removeStreamFolder(folder);
  attempt("put into place", folder, () => renameSync(comingFolder(root, address), folder));
  syncFolder(dirname(folder));
}

/** Deletes it, if it is there. @throws `state-unusable` */
export function removeComing(root: string, address: StreamAddress): void {
  removeTree(comingFolder(root, address));
}

function comingFolder(root: string, address: StreamAddress): string {
  const folder = streamFolder(root, address);
  return join(dirname(folder), COMING + basename(folder));
}

/** The streams of which there is something, in the order of their names. @throws `state-unusable` */
export function listStreams(root: string): StreamAddress[] {
  return namedFolders(root).flatMap(({ text: inputId, path }) =>
    namedFolders(path).filter((service) => holdsState(service.path)).map(({ text }) => ({
      inputId,
      service: text,
    }))
  );
}

/** Durably deletes a stream's folder: gone at once and as a whole by a new name, then in fact. @throws `state-unusable` */
export function removeStreamFolder(folder: string): void {
  if (!isFolder(folder)) return;
  const parent = dirname(folder);
  const gone = join(parent, GONE + basename(folder));
  removeTree(gone);
  attempt("delete", folder, () => renameSync(folder, gone));
  syncFolder(parent);
  removeTree(gone);
}

/** Deletes what a killed process left unfinished. @throws `state-unusable` */
export function removeLeftovers(root: string): void {
  for (const input of namedFolders(root)) {
    for (const { name, isFolder } of listFolder(input.path)) {
      const isLeft = name.startsWith(GONE) || name.startsWith(COMING);
      if (isFolder && isLeft) removeTree(join(input.path, name));
    }
    for (const service of namedFolders(input.path)) {
      if (holdsState(service.path)) removeUnfinished(service.path);
    }
  }
}

/** Whether a folder is one of ours: another program's may lie beside it. */
function holdsState(folder: string): boolean {
  return listFolder(folder).some(({ name }) => name.startsWith(CHECKPOINT_FILE) || name === SEEN_FOLDER);
}

function namedFolders(parent: string): { text: string; path: string }[] {
  const found: { text: string; path: string }[] = [];
  for (const { name, isFolder } of listFolder(parent)) {
    if (!isFolder || name.startsWith(".")) continue;
    const path = join(parent, name);
    const text = decodeName(name) ?? writtenName(path, name);
    if (text !== null) found.push({ text, path });
  }
  return found.sort((a, b) => (a.text < b.text ? -1 : 1));
}

/** The text in a folder's name file, if it is the one that makes this name. */
function writtenName(folder: string, name: string): string | null {
  try {
    const text: unknown = JSON.parse(readFileIfAny(join(folder, NAME_FILE))?.toString("utf8") ?? "null");
    return typeof text === "string" && encodeName(text) === name ? text : null;
  } catch {
    return null;
  }
}

function removeTree(path: string): void {
  attempt("delete", path, () => rmSync(path, { recursive: true, force: true }));
}
