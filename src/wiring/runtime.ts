/** The process, as everything but `main.ts` sees it. */
import type { FileLocker } from "../files/lock.ts";

/** What stops a process from outside. */
export type StopCause = "SIGTERM" | "SIGINT" | "parent-gone";

/** What a command may use of the process it runs in; only `main.ts` knows where it comes from. */
export interface Runtime {
  /** The words after the program's name. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Resolves when the kernel has all bytes; rejects when the reader is gone. */
  readonly writeStdout: (bytes: Uint8Array) => Promise<void>;
  /** What the system calls the pipe, file or terminal that standard output is; `null` when that cannot be told. */
  readonly stdoutName: () => string | null;
  readonly writeStderr: (text: string) => void;
  readonly stderrIsTerminal: boolean;
  /** Standard input as it comes. */
  readonly stdin: () => AsyncIterable<Uint8Array>;
  /** Calls back at each SIGTERM or SIGINT, and when the parent process is gone. */
  readonly onStopSignal: (callback: (cause: StopCause) => void) => void;
  readonly locker: FileLocker;
  readonly pid: number;
  /** Resident memory in bytes. */
  readonly rssBytes: () => number;
  /** Imports a module that is no part of the program, by its URL. */
  readonly importModule: (url: string) => Promise<unknown>;
  /** The words that start this program again, to which a command and its options are added. */
  readonly command: readonly string[];
}
