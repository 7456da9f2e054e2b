/**
 * Which streams of an input went on for others once. Their folders go when they are reset, and a stream that was reset
 * must begin at its start, not where another was long ago.
 */
import { dirname, join } from "node:path";
import { readFileIfAny, replaceFile } from "../files/durable.ts";
import { type StreamAddress, streamFolder } from "./streamFolders.ts";

/** In the folder of an input: names of services, a line each. */
const FILE = ".taken-over";

function fileOf(root: string, address: StreamAddress): string {
  return join(dirname(streamFolder(root, address)), FILE);
}

function namesIn(file: string): string[] {
  return readFileIfAny(file)?.toString("utf8").split("\n").filter((name) => name !== "") ?? [];
}

/** Whether the stream took a position over before. @throws `state-unusable` */
export function tookOver(root: string, address: StreamAddress): boolean {
  return namesIn(fileOf(root, address)).includes(address.service);
}

/** Notes that the stream took a position over; its input has a folder. @throws `state-unusable` */
export function noteTakenOver(root: string, address: StreamAddress): void {
  const file = fileOf(root, address);
  replaceFile(file, [...namesIn(file), address.service, ""].join("\n"));
}
