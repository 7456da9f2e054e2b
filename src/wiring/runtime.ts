/** The process, as everything but `main.ts` sees it. */
import type { FileLocker } from "../files/lock.ts";

/** What stops a process from outside. */
export type StopCause = "SIGTERM" | "SIGINT" | "SIGQUIT" | "SIGHUP" | "parent-gone";

/** Places of standard output where event lines reach no shipper by themselves. */
export type StdoutPlace = "a terminal" | "/dev/null" | "the journal" | "the log of this container";

/** What a command may use of the process it runs in; only `main.ts` knows where it comes from. */
export interface Runtime {
  /** The words after the program's name. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Resolves when the kernel has all bytes; rejects when the reader is gone. */
  readonly writeStdout: (bytes: Uint8Array) => Promise<void>;
  /** What the system calls the pipe, file or terminal that standard output is; `null` when that cannot be told. */
  readonly stdoutName: () => string | null;
  /** What standard output is, where nobody would look for event lines; `null` for a pipe, a file or what cannot be told. */
  readonly stdoutPlace: () => StdoutPlace | null;
  /** Whether another program reads standard output, as far as that can be told. */
  readonly stdoutIsPipe: () => boolean;
  readonly writeStderr: (text: string) => void;
  readonly stderrIsTerminal: boolean;
  /** Columns and rows of the terminal that standard error is; 80 by 24 where it is none, or does not tell. */
  readonly stderrSize: () => { readonly columns: number; readonly rows: number };
  /** Calls back when the terminal has another size; what it returns ends that. */
  readonly onResize: (callback: () => void) => () => void;
  /** Calls back when the process goes on after a halt, such as by Ctrl-Z and fg; what it returns ends that. */
  readonly onContinue: (callback: () => void) => () => void;
  /** Standard input as it comes. */
  readonly stdin: () => AsyncIterable<Uint8Array>;
  /** Calls back at each SIGTERM, SIGINT and SIGQUIT, and at SIGHUP where nothing is read again; what it returns ends that. */
  readonly onStopSignal: (callback: (cause: StopCause) => void) => () => void;
  /** Calls back at each SIGHUP; what it returns ends that. */
  readonly onReloadSignal: (callback: () => void) => () => void;
  /** Calls back once when the process that started this one is gone. */
  readonly onParentGone: (callback: () => void) => void;
  readonly locker: FileLocker;
  readonly pid: number;
  /** Resident memory in bytes. */
  readonly rssBytes: () => number;
  /** Processor time in seconds, of user and system together. */
  readonly cpuSeconds: () => number;
  /** {@linkcode keepYoungMemorySmall}; left out where the process is another program's. */
  readonly keepYoungMemorySmall?: () => void;
  /** Microseconds by the system's own clock that nobody sets: CLOCK_MONOTONIC, wherever the runtime tells it. */
  readonly monotonicMicros: () => number;
  /** What runs the program, such as "node 20.20.2". */
  readonly runtimeName: string;
  /** When the process began; milliseconds since the epoch. */
  readonly startedMs: number;
  /** Imports a module that is no part of the program, by its URL. */
  readonly importModule: (url: string) => Promise<unknown>;
  /** The words that start this program again, to which a command and its options are added. */
  readonly command: readonly string[];
}
