/** Options that several commands have, so that each means the same everywhere. */
import { LOG_FORMATS } from "../telemetry/log.ts";
import type { Option } from "./options.ts";

export const config: Option = {
  name: "config",
  short: "c",
  value: "FILE",
  repeat: true,
  help: "configuration, or a folder of *.yaml; - for standard input; may be repeated",
};
export const state: Option = {
  name: "state",
  value: "DIR",
  help: "folder for positions (default: the config's directory_name)",
};
export const service: Option = {
  name: "service",
  value: "NAME",
  repeat: true,
  help: "only this service; may be repeated",
};
export const input: Option = {
  name: "input",
  value: "NAME",
  repeat: true,
  help: "only this input; may be repeated",
};
export const shard: Option = {
  name: "shard",
  value: "I/N",
  help: "only the inputs of this shard: I from 0 to N-1",
};
export const adopt: Option = {
  name: "adopt",
  help: "begin streams that wait for a position of another shard; for one start only",
};
export const json: Option = { name: "json", help: "machine-readable" };
export const probe: Option = { name: "probe", help: "try the outputs" };
/** What is said on standard error. */
export const log: readonly Option[] = [
  {
    name: "log-format",
    value: "FORMAT",
    choices: LOG_FORMATS,
    help: "text on a terminal, json elsewhere, unless given; ecs has Elastic's names",
  },
  {
    name: "log-level",
    value: "LEVEL",
    choices: ["debug", "info", "warn", "error"],
    help: "least level logged (default info)",
  },
  { name: "verbose", short: "v", help: "as --log-level debug: a line for each request, too", env: "" },
];
export const format: Option = {
  name: "format",
  value: "FORMAT",
  choices: ["json", "devo", "record"],
  help: "shape of an event line (default json)",
};
export const hostname: Option = {
  name: "hostname",
  value: "NAME",
  help: "HOST of the devo format (default: this machine's name)",
};
/** How an event line looks. */
export const lines: readonly Option[] = [
  format,
  hostname,
];
/** How long `up` keeps a file of its spool after its end, unless it is said: a week. */
export const KEEP_SECONDS: number = 7 * 86_400;
/** How large a spool may become. @param keep how long its files are kept unless it is said */
export const spool = (keep: string): readonly Option[] => [
  {
    name: "rotate-bytes",
    value: "BYTES",
    help: "file: begin another before it is larger (default 67108864)",
  },
  { name: "rotate-seconds", value: "SECONDS", help: "file: begin another when it is older (default 3600)" },
  { name: "max-spool-bytes", value: "BYTES", help: "file: stop when all its files would hold more" },
  {
    name: "keep-seconds",
    value: "SECONDS",
    help: `file: delete files that ended so long ago, read or not (default: ${keep})`,
  },
];
/** Where event lines go. */
export const sink: readonly Option[] = [
  {
    name: "to",
    value: "SINK",
    help: "where event lines go: stdout (default), file:PATH (files PATH.TIME), http(s)://HOST/PATH",
  },
  ...spool("never"),
  {
    name: "spool-mode",
    value: "MODE",
    help: "file: permissions of its files, such as 0640, whatever the umask (default 0600)",
  },
  { name: "spool-group", value: "GROUP", help: "file: group of its files, by name or number" },
  {
    name: "body",
    value: "KIND",
    choices: ["lines", "fluent-bit"],
    help: "http: lines (default; Vector) or fluent-bit (its http input)",
  },
  { name: "gzip", help: "http: compress what is sent" },
  {
    name: "auth-file",
    value: "FILE",
    help: 'http: file with "Bearer …" or "Basic …"; $GRAPHTAP_SINK_AUTH may hold the same',
  },
  {
    name: "dead-letter",
    value: "FILE",
    help: "http: keeps lines that the receiver refuses (default: dead-letter.ndjson in the state folder)",
  },
];

/** Lines of our own among them. */
export const heartbeat: readonly Option[] = [
  {
    name: "heartbeat",
    value: "SECONDS",
    help: "a line of graphtap's own so often, which keeps a connection from going idle",
  },
  {
    name: "heartbeat-tag",
    value: "TAG",
    help: "its tag (default my.app.graphtap.heartbeat)",
  },
];

export const exitWithParent: Option = {
  name: "exit-with-parent",
  help: "end when the process that started this one does: for a shipper's child, which must not outlive it",
};

export const wait: Option = {
  name: "wait",
  help: "stand by while another process has the state folder, and go on in its place when it ends",
};

export const listen: Option = {
  name: "listen",
  value: "ADDRESS",
  help: "HOST:PORT (default 127.0.0.1:9464; beyond this machine only with a token), or unix:PATH",
};
export const tokenFile: Option = {
  name: "token-file",
  value: "FILE",
  help:
    "holds the token that clients must send; or $GRAPHTAP_TOKEN (default: a new one, in the state folder)",
};

/** How lines leave a shipper. */
export const waysOut: readonly Option[] = [
  {
    name: "out",
    value: "WAY",
    choices: ["tcp", "http"],
    help: "how they get to Devo: tcp with a client certificate (default), http with a token (vector)",
  },
  {
    name: "output",
    value: "NAME",
    help: "only this block under outputs (default: all that lines can be sent to)",
  },
  {
    name: "tls",
    value: "VERSION",
    choices: ["1.2", "1.3"],
    help: "highest TLS version to Devo (default 1.2: under 1.3 lines go to a server that then refuses us)",
  },
];
