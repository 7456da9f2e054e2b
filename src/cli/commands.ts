import type { Command } from "./command.ts";
import type { Option } from "./options.ts";

const config: Option = {
  name: "config",
  short: "c",
  value: "FILE",
  help: "configuration, - for standard input",
};
const state: Option = {
  name: "state",
  value: "DIR",
  help: "folder for positions (default: the config's directory_name)",
};
const service: Option = {
  name: "service",
  value: "NAME",
  repeat: true,
  help: "only this service; may be repeated",
};
const input: Option = {
  name: "input",
  value: "NAME",
  repeat: true,
  help: "only this input; may be repeated",
};
const log: readonly Option[] = [
  {
    name: "log-format",
    value: "FORMAT",
    choices: ["text", "json"],
    help: "text on a terminal, json elsewhere, unless given",
  },
  {
    name: "log-level",
    value: "LEVEL",
    choices: ["debug", "info", "warn", "error"],
    help: "least level logged (default info)",
  },
];
const lines: readonly Option[] = [
  {
    name: "format",
    value: "FORMAT",
    choices: ["json", "devo", "record"],
    help: "shape of an event line (default json)",
  },
  { name: "to", value: "SINK", help: "where event lines go: stdout (default)" },
  { name: "hostname", value: "NAME", help: "HOST of the devo format (default: this machine's name)" },
];

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [
  {
    name: "run",
    summary: "poll every stream at its period until told to stop; event lines on standard output",
    options: [
      config,
      ...lines,
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
      state,
      service,
      input,
      ...log,
    ],
    load: () => import("./run.ts"),
  },
  {
    name: "pull",
    summary: "one poll of every stream, then exit",
    options: [
      config,
      { name: "due", help: "only streams whose period has passed" },
      { name: "deadline", value: "SECONDS", help: "stop cleanly before so many seconds have passed" },
      ...lines,
      state,
      service,
      input,
      ...log,
    ],
    load: () => import("./pull.ts"),
  },
  {
    name: "check",
    summary: "validate the configuration, offline: every problem at once",
    options: [config],
    load: () => import("./check.ts"),
  },
  {
    name: "state",
    words: "show|reset",
    summary: "positions and seen-set sizes, by stream; reset forgets them",
    options: [config, state, service, input, { name: "json", help: "machine-readable" }],
    load: () => import("./state.ts"),
  },
  {
    name: "services",
    summary: "what can be pulled: path, permissions, retention, quota, tag",
    options: [{ name: "json", help: "machine-readable" }],
    load: () => import("./services.ts"),
  },
  {
    name: "schema",
    summary: "JSON Schema of the configuration",
    options: [],
    load: () => import("./schema.ts"),
  },
  {
    name: "demo",
    summary: "the whole thing against a built-in Graph, no account needed",
    options: [
      {
        name: "format",
        value: "FORMAT",
        choices: ["json", "devo", "record"],
        help: "shape of an event line (default json)",
      },
      { name: "seconds", value: "SECONDS", help: "how long it lasts (default 12)" },
      { name: "serve", help: "only the built-in Graph, until told to stop" },
      { name: "port", value: "PORT", help: "port for --serve (default: any free one)" },
      { name: "faults", value: "FILE", help: "with --serve: a JSON list of faults to play" },
      { name: "no-quotas", help: "with --serve: answer as fast as asked, never 429" },
      ...log,
    ],
    load: () => import("./demo.ts"),
  },
];
