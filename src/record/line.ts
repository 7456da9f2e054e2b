import type { LineParts } from "../json/lineBuffer.ts";

/** The three shapes of an event line. */
export type LineFormat = "json" | "devo" | "record";

export const LINE_FORMATS: readonly LineFormat[] = ["json", "devo", "record"];

export interface LineOptions {
  readonly format: LineFormat;
  readonly service: string;
  readonly input: string;
  /** HOST of the `devo` format. */
  readonly hostname: string;
  /** Goes into the record as `@devo_environment`, unless `null`. */
  readonly environment: string | null;
  /** Milliseconds since the epoch when the pull began: its id, and the date of the `devo` format. */
  readonly pullStartedMs: number;
}

/** What the lines of one pull are made of; everything that does not change is encoded once. */
export interface LineStyle extends LineParts {
  /** What a line with this tag begins with; the same object for the same tag. */
  headOf(tag: string): Uint8Array;
}

const encoder = new TextEncoder();
const TIME = encoder.encode(',"time":');
const EVENT = encoder.encode(',"event":');

export function lineStyle(options: LineOptions): LineStyle {
  const { format } = options;
  const heads = new Map<string, Uint8Array>();
  return {
    headOf(tag) {
      let head = heads.get(tag);
      if (head === undefined) heads.set(tag, head = encoder.encode(lineHead(tag, options)));
      return head;
    },
    between: format === "json" ? { time: TIME, event: EVENT } : null,
    members: encoder.encode(addedFields(options.environment, options.pullStartedMs)),
    end: encoder.encode(format === "json" ? "}\n" : "\n"),
  };
}

/** `@devo_environment` when there is one, then `@devo_pulling_id`, as JSON members. */
function addedFields(environment: string | null, pullStartedMs: number): string {
  const first = environment === null ? "" : `"@devo_environment":${JSON.stringify(environment)},`;
  return `${first}"@devo_pulling_id":"${pullStartedMs}"`;
}

function lineHead(tag: string, { format, service, input, hostname, pullStartedMs }: LineOptions): string {
  if (format === "record") return "";
  if (format === "devo") {
    const date = new Date(pullStartedMs).toISOString().replace("T", " ").replace("Z", "");
    return `<14>${date} ${hostToken(hostname)} ${tag}: `;
  }
  const fields = `"tag":${JSON.stringify(tag)},"service":${JSON.stringify(service)},"input":${
    JSON.stringify(input)
  }`;
  return `{${fields},"id":`;
}

/** A host as syslog has it: one word. A name that is none must not shift the tag. */
function hostToken(hostname: string): string {
  return hostname.replace(/[^\x21-\x7e]/g, "_") || "localhost";
}
