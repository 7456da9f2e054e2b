/** The table of commands: parser, help and variables all come from it. */
import type { Command } from "./command.ts";
import {
  config,
  exitWithParent,
  format,
  heartbeat,
  input,
  json,
  lines,
  log,
  service,
  sink,
  state,
} from "./sharedOptions.ts";

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [
  {
    name: "run",
    summary: "poll every stream at its period until told to stop; event lines on standard output",
    options: [
      config,
      ...lines,
      ...sink,
      ...heartbeat,
      state,
      service,
      input,
      exitWithParent,
      ...log,
    ],
    load: () => import("./commands/run.ts"),
  },
  {
    name: "pull",
    summary: "one poll of every stream, then exit",
    options: [
      config,
      { name: "due", help: "only streams whose period has passed" },
      { name: "deadline", value: "SECONDS", help: "stop cleanly before so many seconds have passed" },
      ...lines,
      ...sink,
      state,
      service,
      input,
      exitWithParent,
      ...log,
    ],
    load: () => import("./commands/pull.ts"),
  },
  {
    name: "serve",
    summary: "run, plus HTTP: status page, /healthz /readyz /metrics, /v1/pull, /v1/events",
    options: [
      config,
      {
        name: "listen",
        value: "ADDRESS",
        help: "HOST:PORT (default 127.0.0.1:9464; beyond this machine only with a token), or unix:PATH",
      },
      {
        name: "token-file",
        value: "FILE",
        help:
          "holds the token that clients must send; or $GRAPHTAP_TOKEN (default: a new one, in the state folder)",
      },
      { name: "no-poll", help: "read streams only when they are pulled, write nothing to the sink" },
      ...lines,
      ...sink,
      ...heartbeat,
      state,
      service,
      input,
      exitWithParent,
      ...log,
    ],
    load: () => import("./commands/serve.ts"),
  },
  {
    name: "exec",
    summary: "a co-process: each line on standard input asks for a pull, events on standard output",
    options: [config, ...lines, ...sink, state, service, input, exitWithParent, ...log],
    load: () => import("./commands/exec.ts"),
  },
  {
    name: "check",
    summary: "validate the configuration, offline: every problem at once",
    options: [config],
    load: () => import("./commands/check.ts"),
  },
  {
    name: "doctor",
    summary: "prove it online: token, clock, permissions, licence, each service with one small request",
    options: [config, state, service, input, json, ...log],
    load: () => import("./commands/doctor.ts"),
  },
  {
    name: "migrate",
    words: "[FILE]",
    summary: "a configuration of the collector's 1.x line as one of 2.x; with --state its positions, too",
    options: [
      config,
      { name: "write", value: "FILE", help: "write the new configuration there (default: standard output)" },
      { name: "keep-tags", help: "keep the tags of 1.x, not those of the collector's migration guide" },
      {
        name: "state",
        value: "DIR",
        env: "GRAPHTAP_OLD_STATE",
        help: "the old collector's state folder: take its positions over, for this configuration",
      },
      {
        name: "overlap",
        value: "SECONDS",
        help: "with --state: read so much before them again (default 3600)",
      },
      { name: "check", help: "only tell what would be done" },
    ],
    load: () => import("./commands/migrate.ts"),
  },
  {
    name: "shipper",
    words: "fluent-bit|vector",
    summary: "a complete configuration of a shipper, to Devo, from the outputs of this one",
    options: [
      config,
      {
        name: "via",
        value: "WAY",
        choices: ["exec", "interval", "stdin", "http", "file"],
        help: "how lines get in: exec (default), interval, http, file; stdin for fluent-bit",
      },
      {
        name: "output",
        value: "NAME",
        help: "only this block under outputs (default: all that lines can be sent to)",
      },
    ],
    load: () => import("./commands/shipper.ts"),
  },
  {
    name: "state",
    words: "show|reset|export|import",
    summary:
      "positions, gaps and seen-set sizes, by stream; reset forgets them, import reads what export prints",
    options: [config, state, service, input, json],
    load: () => import("./commands/state.ts"),
  },
  {
    name: "gaps",
    summary: "what could not be read, and when it is tried again",
    options: [config, state, service, input, json],
    load: () => import("./commands/gaps.ts"),
  },
  {
    name: "replay",
    summary: "read a range of one stream again without touching its position",
    options: [
      config,
      { name: "from", value: "TIME", help: "where to begin, such as 2026-11-22T15:00:00Z" },
      { name: "to", value: "TIME", help: "where to end", env: "GRAPHTAP_REPLAY_TO" },
      { name: "again", help: "deliver what was delivered before, too" },
      ...lines,
      // Its --to is a time; the variable is the one that names the sink of the others.
      ...sink.map((option) =>
        option.name === "to" ? { ...option, name: "sink", env: "GRAPHTAP_TO" } : option
      ),
      state,
      service,
      input,
      exitWithParent,
      ...log,
    ],
    load: () => import("./commands/replay.ts"),
  },
  {
    name: "services",
    summary: "what can be pulled: path, permissions, retention, quota, tag",
    options: [json],
    load: () => import("./commands/services.ts"),
  },
  {
    name: "schema",
    summary: "JSON Schema of the configuration",
    options: [],
    load: () => import("./commands/schema.ts"),
  },
  {
    name: "completion",
    words: "bash|zsh|fish",
    summary: "what a shell needs to complete commands, options and values",
    options: [],
    load: () => import("./commands/completion.ts"),
  },
  {
    name: "demo",
    summary: "the whole thing against a built-in Graph, no account needed",
    options: [
      format,
      { name: "seconds", value: "SECONDS", help: "how long it lasts (default 12)" },
      { name: "serve", help: "only the built-in Graph, until told to stop" },
      { name: "port", value: "PORT", help: "port for --serve (default: any free one)" },
      { name: "faults", value: "FILE", help: "with --serve: a JSON list of faults to play" },
      { name: "no-quotas", help: "with --serve: answer as fast as asked, never 429" },
      ...log,
    ],
    load: () => import("./commands/demo.ts"),
  },
];
