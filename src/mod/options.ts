/** What a program tells graphtap when it opens a tap. */
import type { Clock } from "../clock.ts";
import type { GraphtapError } from "../errors.ts";
import type { Fetch } from "../graph/fetchTransport.ts";
import type { Plugin } from "../plugin/plugin.ts";
import type { LineFormat } from "../record/line.ts";
import type { WriteLines } from "../sink/functionSink.ts";
import type { LogEntry, LogLevel } from "../telemetry/logEntry.ts";
import type { ConfigSource } from "../wiring/configSource.ts";

/** Which streams are meant. A name that no stream has is an error. */
export interface StreamChoice {
  /** Names of services, or their older names. @default all */
  readonly services?: readonly string[];
  /** Keys below `inputs` in the configuration. @default all */
  readonly inputs?: readonly string[];
}

/** What one poll of one stream did. */
export interface StreamReport {
  /** Key of the input. */
  readonly input: string;
  /** Name of the service. */
  readonly service: string;
  /** Requests to Graph. */
  readonly requests: number;
  /** Records that Graph answered with. */
  readonly received: number;
  /** Records that were delivered. */
  readonly sent: number;
  /** Records that had been delivered before, and so were not again. */
  readonly duplicates: number;
  /** Records among those sent that only a later look at an older window found. */
  readonly late: number;
  /** Ranges of time that could not be read, and are tried again by themselves. */
  readonly gaps: number;
  /** Milliseconds. */
  readonly elapsedMs: number;
  /** Why the stream could not be read to its end; `null` when it was. */
  readonly error: GraphtapError | null;
}

/** Where lines go: a place of the program's own. */
export interface LineSink {
  /**
   * Takes whole lines, each with its line feed, in the format that was asked for. They count as accepted when this
   * returns, or when its promise is resolved: only then is their position saved. It is called for one write at a time,
   * and nothing is read meanwhile; the bytes are used again after it. What it throws ends the pull, and the lines come
   * again. After a stop it has 1.5 s.
   */
  readonly write: WriteLines;
  /** Called once, when the tap is closed. */
  close?(): void | Promise<void>;
}

/** How a tap is opened. Nothing is read of the process: neither its environment nor its standard streams. */
export interface TapOptions {
  /** The configuration, as `config.yaml` has it. */
  readonly config: ConfigSource;
  /**
   * The folder for positions. It is made where it is missing, and belongs to one tap at a time.
   *
   * @default what the configuration says; relative paths start from the current folder
   */
  readonly stateDir?: string;
  /** Services beside those of graphtap; the configuration names them as any other. @default none */
  readonly plugins?: readonly Plugin[];
  /**
   * What `{env: NAME}` and `${NAME}` in the configuration mean, and `HTTPS_PROXY` and its kin: pass `process.env` for
   * the variables of the process.
   *
   * @default no variable is set
   */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Gets each line of the log. It never holds a secret, a token or a record. @default nobody does */
  readonly log?: (entry: LogEntry) => void;
  /** The least severe lines that `log` gets. @default "info" */
  readonly logLevel?: LogLevel;
  /** Told after each poll of each stream, of a pull and of a run. @default nobody is */
  readonly onPoll?: (report: StreamReport) => void;
  /** Ends what is under way when it is aborted, as `close` does; the tap must still be closed. @default only `close` does */
  readonly signal?: AbortSignal;
  /** Sends all requests, to Graph and to the login service. @default graphtap's own connections */
  readonly fetch?: Fetch;
  /** What time it is. @default the clock of this host */
  readonly clock?: Clock;
}

/** How a tap is opened that delivers to a sink. */
export interface SinkTapOptions extends TapOptions {
  /** Where lines go. */
  readonly sink: LineSink;
  /** What a line looks like. @default "json" */
  readonly format?: LineFormat;
  /** HOST in lines of the format "devo". @default "localhost" */
  readonly hostname?: string;
}
