/** The table of commands: parser, help and variables all come from it. */
import type { Command } from "./command.ts";
import type { Option } from "./options.ts";
import {
  adopt,
  config,
  exitWithParent,
  format,
  heartbeat,
  hostname,
  input,
  json,
  KEEP_SECONDS,
  lines,
  listen,
  log,
  probe,
  service,
  shard,
  sink,
  spool,
  state,
  tokenFile,
  wait,
  waysOut,
} from "./sharedOptions.ts";

/** For commands that do without a configuration: only one that is named is read. */
const ofFile: Option = { ...config, env: "", help: "a configuration whose plugins are services, too" };

/** Of every command that opens a tap, and delivers: which streams it has, and how it begins and ends. */
const ofTap: readonly Option[] = [state, service, input, shard, adopt, wait, exitWithParent, ...log];

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
      ...ofTap,
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
      ...ofTap,
    ],
    load: () => import("./commands/pull.ts"),
  },
  {
    name: "serve",
    summary: "run, plus HTTP: status page, /healthz /readyz /metrics, /v1/status, /v1/pull, /v1/events",
    options: [
      config,
      listen,
      tokenFile,
      { name: "no-poll", help: "read streams only when they are pulled, write nothing to the sink" },
      ...lines,
      ...sink,
      ...heartbeat,
      ...ofTap,
    ],
    load: () => import("./commands/serve.ts"),
  },
  {
    name: "up",
    summary: "run with a shipper, to Devo: finds fluent-bit or vector, configures it and keeps both alive",
    options: [
      config,
      {
        name: "with",
        value: "PROGRAM",
        help: "fluent-bit, vector, or the path of one (default: fluent-bit, or else vector)",
      },
      { name: "dry-run", help: "only print what would be written and started, and which outputs are served" },
      ...waysOut,
      { ...listen, help: "also serve status page, /healthz and the rest there: HOST:PORT, or unix:PATH" },
      tokenFile,
      ...spool(String(KEEP_SECONDS)),
      hostname,
      ...heartbeat,
      ...ofTap,
    ],
    load: () => import("./commands/up.ts"),
  },
  {
    name: "top",
    words: "[URL]",
    summary:
      "how a running serve is doing, stream by stream, on the terminal (default http://127.0.0.1:9464)",
    options: [
      { name: "once", help: "print it once, as where standard error is no terminal", env: "" },
      { name: "interval", value: "SECONDS", help: "how often to ask (default 2)", env: "" },
      { name: "token-file", value: "FILE", help: "holds the server's token; or $GRAPHTAP_TOKEN" },
    ],
    load: () => import("./commands/top.ts"),
  },
  {
    name: "exec",
    summary: "a co-process: each line on standard input asks for a pull, events on standard output",
    options: [config, ...lines, ...sink, ...ofTap],
    load: () => import("./commands/exec.ts"),
  },
  {
    name: "check",
    summary: "validate the configuration, offline: every problem at once",
    options: [config, shard, json, {
      name: "sarif",
      help: "as SARIF 2.1.0, for editors and code scanning",
      env: "",
    }],
    load: () => import("./commands/check.ts"),
  },
  {
    name: "doctor",
    summary: "prove it online: token, clock, permissions, licence, each service with one small request",
    options: [
      config,
      state,
      service,
      input,
      shard,
      { ...probe, help: "also try the certificate of each output against its address; nothing is sent" },
      json,
      ...log,
    ],
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
        help:
          "the old collector's state folder: take its positions over, for this configuration, whose folder must be free",
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
      ...waysOut,
      { ...probe, help: "try the certificate against the address first; nothing is sent" },
    ],
    load: () => import("./commands/shipper.ts"),
  },
  {
    name: "state",
    words: "show|reset|export|import|adopt [INPUT…]",
    summary:
      "positions, gaps and seen-set sizes, by stream; reset forgets them, import reads what export prints, adopt ends a wait",
    options: [
      config,
      {
        ...state,
        help: `${state.help}; reset, import and export --move want it free, and never wait for it`,
      },
      service,
      input,
      shard,
      { name: "move", help: "export: the streams do not go on in this folder from then on", env: "" },
      { name: "replace", help: "import: also in the place of streams that have a position", env: "" },
      json,
    ],
    load: () => import("./commands/state.ts"),
  },
  {
    name: "gaps",
    summary: "what could not be read, when it is tried again, and what is lost for good",
    options: [
      config,
      state,
      service,
      input,
      shard,
      {
        name: "forget",
        help: "take note of what is lost for good: nothing shows it any more; also beside a running server",
        env: "",
      },
      json,
    ],
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
      shard,
      wait,
      exitWithParent,
      ...log,
    ],
    load: () => import("./commands/replay.ts"),
  },
  {
    name: "services",
    summary: "what can be pulled: path, permissions, retention, quota, tag; by -c with the plugins of a file",
    options: [ofFile, json],
    load: () => import("./commands/services.ts"),
  },
  {
    name: "schema",
    words: "[config|plugin|check|status]",
    summary: "JSON Schema of the configuration, of a plugin, of what check --json prints, or of /v1/status",
    options: [ofFile],
    load: () => import("./commands/schema.ts"),
  },
  {
    name: "dashboard",
    summary: "a Grafana dashboard of the metrics, to be imported: tenants, streams, budgets, delivery",
    options: [],
    load: () => import("./commands/dashboard.ts"),
  },
  {
    name: "alerts",
    summary: "Prometheus rules: what to alert on, each with its section of the runbook",
    options: [{
      name: "job",
      value: "NAME",
      help: "the job that scrapes graphtap (default graphtap)",
      env: "",
    }],
    load: () => import("./commands/alerts.ts"),
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
      ofFile,
      { name: "serve", help: "only the built-in Graph, until told to stop" },
      { name: "port", value: "PORT", help: "port for --serve (default: any free one)" },
      { name: "faults", value: "FILE", help: "with --serve: a JSON list of faults to play" },
      { name: "no-quotas", help: "with --serve: answer as fast as asked, never 429" },
      ...log,
    ],
    load: () => import("./commands/demo.ts"),
  },
];
