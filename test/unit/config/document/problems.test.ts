import { describe, expect, it } from "vitest";
import { plugins } from "../../../../plugins/index.ts";
import type { Problem } from "../../../../src/config/config.ts";
import { loadConfig, parseConfig } from "../../../../src/config/load.ts";
import { problemLine, shownProblems } from "../../../../src/config/document/problems.ts";
import { options, problemsOf, small } from "../example.ts";

const KNOWN = plugins.map(({ service }) => service).join(", ");
const service = (line: string) => small({ services: [`signIns: {${line}}`] });
const input = (...lines: string[]) => small({ input: lines });
const credential = (from: RegExp | string, to: string) => small().replace(from, to);
const secondInput = (id: string) =>
  small().replace(/^globals:[^]*?inputs:\n/, "").replace("10001", id)
    .replace("  a:", "  b:");

/** What is written, and all that is said about it. */
const cases: readonly (readonly [what: string, text: string, ...problems: string[]])[] = [
  [
    "an empty file",
    "",
    "- error : found nothing: the file is empty; expected the blocks globals, outputs and inputs",
  ],
  ["a list", "- a\n", "- error : found a list; expected the blocks globals, outputs and inputs"],
  [
    "no inputs",
    "globals: {}\n",
    "- error inputs: is missing or empty; expected a block of inputs, each with id, " +
    "credentials and services (InputConfigurationError 1)",
  ],
  [
    "a list of inputs",
    "inputs: []\n",
    "1:9 error inputs: found a list, expected a map of inputs " +
    "(InputConfigurationError 2)",
  ],
  [
    "an input that is a text",
    "inputs: {a: x}\n",
    "1:13 error inputs.a: found a text, expected a map of keys " +
    "(InputConfigurationError 2)",
  ],
  [
    "a misspelt block at the top",
    small({ top: ["output: {}"] }),
    '12:1 warning output: unknown key "output", ' +
    'ignored (did you mean "outputs"?)',
  ],
  [
    "a misspelt key in globals",
    small({ globals: ["debgu: true"] }),
    "3:3 warning globals.debgu: unknown key " +
    '"debgu", ignored (did you mean "debug"?)',
  ],
  [
    "outputs as a list",
    small({ top: ["outputs: [x]"] }),
    "12:10 error outputs: found a list, expected a map of " +
    "outputs",
  ],
  [
    "an unknown kind of persistence",
    small({ globals: ["persistence: {type: redis}"] }),
    '3:23 warning globals.persistence.type: "redis" is without effect: positions are kept in files',
  ],
  [
    "a tag generation that breaks the tag",
    small({ globals: ["tag_generation: 'a:b'"] }),
    '3:19 error globals.tag_generation: found "a:b", expected letters, digits, _ and - only',
  ],
  [
    "a broken quota",
    small({ globals: ["quotas: {scores: {requests: 0, secs: 1}}"] }),
    "3:31 error globals.quotas.scores.requests: found 0, expected a whole number of requests, 1 or more",
    '3:34 error globals.quotas.scores.secs: unknown key "secs"; known: requests, seconds',
    "3:12 error globals.quotas.scores.seconds: is missing; expected a number above 0",
  ],
  [
    "an unknown quota",
    small({ globals: ["quotas: {report: {requests: 1, seconds: 1}}"] }),
    '3:12 warning globals.quotas.report: unknown key "report", ignored (did you mean "reports"?)',
  ],

  [
    "an input without id",
    small().replace("    id: 10001\n", ""),
    "4:3 error inputs.a.id: is missing; expected a " +
    "text that is not empty, or a whole number",
  ],
  [
    "two inputs with one id",
    small() + secondInput('"10001"'),
    "13:9 error inputs.b.id: inputs.b and inputs.a " +
    'share the id "10001"; give each its own',
  ],
  [
    "no enabled input",
    input("enabled: 'off'"),
    "3:1 error inputs: no input is enabled; set enabled: true in one",
  ],
  [
    "a misspelt key in an input",
    input("enviroment: prod"),
    "10:5 error inputs.a.enviroment: unknown key " +
    '"enviroment" (did you mean "environment"?)',
  ],
  [
    "a key of another block",
    input("override_tag: my.app.a.b"),
    "10:5 error inputs.a.override_tag: unknown key " +
    '"override_tag" (it belongs in a service of an input)',
  ],
  [
    "a cloud that is none",
    input("override_top_level_domain: de"),
    "10:32 error " +
    'inputs.a.override_top_level_domain: found "de", expected "com" or "us"',
  ],
  [
    "no requests at all",
    input("requests_per_second: 0"),
    "10:26 error inputs.a.requests_per_second: found 0, " +
    "expected a number above 0",
  ],
  [
    "requests_limits",
    input("requests_limits: [{period: 1m, number_of_requests: 5}]"),
  ],
  [
    "a limit of an unknown time",
    service("requests_limits: [{period: 5 minutes, number_of_requests: 5}]"),
    '11:44 error inputs.a.services.signIns.requests_limits.0.period: found "5 minutes", ' +
    'expected a time such as "10s": a number above 0, then s, m, h or d',
  ],
  [
    "a pattern that refers to a group",
    service('obfuscation_data: [{name: [a], string_patterns: [x, "(.)\\\\1", "(a+)+$"]}]'),
    '11:69 error inputs.a.services.signIns.obfuscation_data.0.string_patterns.1: found "(.)\\\\1", expected a regular ' +
    "expression without \\1, which refers to a group; write out what the group may hold, or leave string_patterns out " +
    "to mask the whole value",
  ],
  [
    "a number in the place of a part of a text",
    service("obfuscation_data: [{name: [a], value: 0, string_patterns: [x]}]"),
    "11:55 error inputs.a.services.signIns.obfuscation_data.0.value: found 0, expected a text (in quotes): it replaces " +
    "parts of texts",
  ],
  [
    "a pseudonym without its key",
    service("obfuscation_data: [{name: [a], pseudonym: {key: {env: NOWHERE}}}]"),
    '11:65 error inputs.a.services.signIns.obfuscation_data.0.pseudonym.key: environment variable "NOWHERE" is not set',
  ],
  [
    "a pseudonym with a short key, and a replacement",
    service("obfuscation_data: [{name: [a], value: x, pseudonym: {key: short}}]"),
    "11:36 error inputs.a.services.signIns.obfuscation_data.0: has both value and pseudonym; keep one",
    "11:75 error inputs.a.services.signIns.obfuscation_data.0.pseudonym.key: found a key of fewer than 16 characters, " +
    "expected a long random one",
  ],
  [
    "an address of plain http",
    input("override_base_url: http://graph.test"),
    "10:24 error " +
    'inputs.a.override_base_url: found "http://graph.test", expected https, or http to this host only, or ' +
    "globals.allow_insecure_urls: true",
  ],
  [
    "an address that is none",
    input("override_login_url: login.test"),
    "10:25 error inputs.a.override_login_url: " +
    'found "login.test", expected an absolute https address',
  ],
  [
    "an address with a query",
    input("override_base_url: https://graph.test/?a=b"),
    "10:24 error " +
    'inputs.a.override_base_url: found "https://graph.test/?a=b", expected an address without query and fragment',
  ],
  [
    "an address with a user",
    input("override_base_url: https://me@graph.test"),
    "10:24 error " +
    "inputs.a.override_base_url: found an address, expected an address without user and password",
  ],

  [
    "no credentials",
    small().replace(/ {4}credentials:\n(.*\n){3}/, ""),
    "4:3 error inputs.a.credentials: is " +
    "missing; expected a block with tenant_id, client_id and client_secret (InputConfigurationError 3)",
  ],
  [
    "credentials that are a list",
    small().replace(/credentials:\n(.*\n){3}/, "credentials: []\n"),
    "6:18 error inputs.a.credentials: found a list, expected a map of keys (InputConfigurationError 4)",
  ],
  [
    "no tenant",
    credential(/ {6}tenant_id.*\n/, ""),
    "6:5 error inputs.a.credentials.tenant_id: is missing; " +
    "expected the tenant's id, a text (InputConfigurationError 5)",
  ],
  [
    "a tenant without letters",
    credential(/tenant_id: .*/, 'tenant_id: " "'),
    "7:18 error inputs.a.credentials.tenant_id: is empty; " +
    "expected the tenant's id, without white space and slashes (InputConfigurationError 5)",
  ],
  [
    "a tenant that is a number",
    credential(/tenant_id: .*/, "tenant_id: 5"),
    "7:18 error " +
    "inputs.a.credentials.tenant_id: found a number, expected the tenant's id, a text (InputConfigurationError 6)",
  ],
  [
    "a tenant with a slash",
    credential(/tenant_id: .*/, "tenant_id: a/b"),
    "7:18 error " +
    "inputs.a.credentials.tenant_id: found a text, expected the tenant's id, without white space and slashes " +
    "(InputConfigurationError 6)",
  ],
  [
    "a tenant of another form",
    credential(/tenant_id: .*/, "tenant_id: common"),
    "7:18 warning " +
    "inputs.a.credentials.tenant_id: this is neither the id of a tenant (a GUID) nor a domain name; the login may fail",
  ],
  [
    "an application of another form",
    credential(/client_id: .*/, "client_id: my-app"),
    "8:18 warning " +
    "inputs.a.credentials.client_id: this is no application id (a GUID); the login may fail",
  ],
  [
    "a secret that is a number",
    credential(/client_secret: .*/, "client_secret: 123"),
    "9:22 error " +
    "inputs.a.credentials.client_secret: found a number, expected a text in quotes, {env: NAME}, {file: PATH} or " +
    "{command: [PROGRAM, ARGUMENT, …]} (InputConfigurationError 10)",
  ],
  [
    "the id of a secret",
    credential(/client_secret: .*/, "client_secret: 11111111-2222-3333-4444-555555555555"),
    "9:22 warning inputs.a.credentials.client_secret: this looks like the id of the secret, not like its value; " +
    "the login may fail",
  ],
  [
    "a key without value",
    credential(/client_secret: .*/, "client_secret:"),
    "9:21 error " +
    "inputs.a.credentials.client_secret: is missing; expected one of client_secret, client_certificate, " +
    "federated_token, managed_identity or azure_cli (InputConfigurationError 9)",
  ],
  [
    "a placeholder in credentials",
    credential(/tenant_id: .*/, "tenant_id: <tenant_id_value>"),
    "7:18 error " +
    "inputs.a.credentials.tenant_id: holds a placeholder; put your own value in its place, or remove the key",
  ],
  [
    "a placeholder in credentials, beside what else is wrong with them",
    credential(/tenant_id: .*/, "tenant_id: <tenant_id_value>")
      .replace(/client_id: .*/, "client_id: app")
      .replace(/client_secret: .*/, "client_secret: {env: NOT_SET}"),
    "7:18 error " +
    "inputs.a.credentials.tenant_id: holds a placeholder; put your own value in its place, or remove the key",
    "8:18 warning inputs.a.credentials.client_id: this is no application id (a GUID); the login may fail",
    '9:28 error inputs.a.credentials.client_secret.env: environment variable "NOT_SET" is not set',
  ],
  [
    "a key for pseudonyms that is not there, beside another rule and a period that are wrong",
    small({
      services: [
        "signIns:",
        "  request_period_in_seconds: 1",
        "  obfuscation_data: [{name: [a], pseudonym: {key: {env: NOT_SET}}}, {value: x}]",
      ],
    }),
    "12:36 error inputs.a.services.signIns.request_period_in_seconds: " +
    "found 1, expected a whole number of seconds, 60 or more",
    "13:57 error inputs.a.services.signIns.obfuscation_data.0.pseudonym.key: " +
    'environment variable "NOT_SET" is not set',
    "13:75 error inputs.a.services.signIns.obfuscation_data.1.name: is missing; expected a list of keys",
  ],
  [
    "a placeholder for a variable",
    credential(/client_secret: .*/, "client_secret: {env: <name>}"),
    "9:28 error " +
    "inputs.a.credentials.client_secret.env: holds a placeholder; put your own value in its place, or remove the key",
  ],
  [
    "a placeholder in outputs",
    small({ top: ["outputs: {devo: {config: {address: <devo_address>}}}"] }),
    "12:36 warning outputs.devo.config.address: holds a placeholder; put your own value in its place, or remove the key",
  ],

  [
    "no services",
    small().replace(/ {4}services:\n.*\n/, ""),
    `4:3 error inputs.a.services: names no service; ` +
    `expected one or more of ${KNOWN} (ServiceConfigurationError 1)`,
  ],
  [
    "a list of services",
    small().replace(/services:\n.*\n/, "services: [signIns]\n"),
    "10:15 error " +
    "inputs.a.services: found a list, expected a map of services",
  ],
  [
    "a placeholder in the place of the services",
    small().replace(/services:\n.*\n/, "services: <services>\n"),
    "10:15 error inputs.a.services: holds a placeholder; put your own value in its place, or remove the key",
  ],
  ["no enabled service", service("enabled: false"), "10:5 warning inputs.a.services: no service is enabled"],
  [
    "a misspelt service",
    small({ services: ["signInz:"] }),
    "11:7 error inputs.a.services.signInz: unknown service " +
    `"signInz" (did you mean "signIns"?); known: ${KNOWN}`,
  ],
  [
    "a service like no other",
    small({ services: ["mail:"] }),
    "11:7 error inputs.a.services.mail: unknown service " +
    `"mail"; known: ${KNOWN}`,
  ],
  [
    "a service that is a text",
    small({ services: ["signIns: yes"] }),
    "11:16 error inputs.a.services.signIns: " +
    "found a text, expected a map of keys (ServiceConfigurationError 2)",
  ],
  [
    "one service by two names",
    small({ services: ["signIns:", "signIn:"] }),
    "12:7 error inputs.a.services.signIn: " +
    '"signIn" and "signIns" are the same service, signIns; keep one',
  ],
  [
    "two services over one collection, divided by a filter",
    small({
      services: [
        "signIns: {}",
        "signIns_v2: {additional_filter: \"signInEventTypes/any(t: t eq 'servicePrincipal')\"}",
      ],
    }),
  ],
  [
    "the same sign-ins twice",
    small({ services: ["signIns:", "signIns_v2:"] }),
    "12:7 warning " +
    'inputs.a.services.signIns_v2: "signIns_v2" brings records that "signIns" brings, too; they arrive twice, ' +
    "by different tags",
  ],
  [
    "a part beside its whole",
    small({ services: ["signIns_v2:", "signIn_nonInteractive:"] }),
    "12:7 warning " +
    'inputs.a.services.signIn_nonInteractive: "signIn_nonInteractive" brings records that "signIns_v2" brings, too; ' +
    "they arrive twice, by different tags",
    "4:3 warning inputs.a: has signIn_nonInteractive of the 1.x line beside signIns_v2 of 2.x: " +
    "tags and periods are those of 2.x",
  ],
  [
    "parts that share nothing",
    small({ services: ["signIns:", "signIn_nonInteractive:", "signIn_managedIdentity:"] }),
    "4:3 warning inputs.a: has signIn_nonInteractive of the 1.x line beside signIns of 2.x: " +
    "tags and periods are those of 2.x",
  ],
  [
    "a misspelt key in a service",
    service("overide_tag: my.app.a.b"),
    "11:17 error " +
    'inputs.a.services.signIns.overide_tag: unknown key "overide_tag" (did you mean "override_tag"?)',
  ],
  [
    "a short period",
    service("request_period_in_seconds: 59"),
    "11:44 error " +
    "inputs.a.services.signIns.request_period_in_seconds: found 59, expected a whole number of seconds, 60 or more",
  ],
  [
    "a short period as text",
    service("request_period_in_seconds: '5'"),
    "11:44 error " +
    'inputs.a.services.signIns.request_period_in_seconds: found "5", expected a whole number of seconds, 60 or more',
  ],
  [
    "a period in words",
    service("request_period_in_seconds: 5m"),
    "11:44 error " +
    'inputs.a.services.signIns.request_period_in_seconds: found "5m", expected a whole number of seconds, 60 or more',
  ],
  [
    "a narrow window",
    service("override_query_window_max_seconds: 1.5"),
    "11:52 error " +
    "inputs.a.services.signIns.override_query_window_max_seconds: found 1.5, expected a whole number of seconds, " +
    "1 or more",
  ],
  [
    "a start in words",
    service("start_time_in_utc: yesterday"),
    "11:36 error " +
    'inputs.a.services.signIns.start_time_in_utc: found "yesterday", expected an ISO 8601 time such as ' +
    "2026-01-01T00:00:00Z (InitVariablesError 1)",
  ],
  [
    "a day that does not exist",
    service("start_time_in_utc: 2026-02-30"),
    "11:36 error " +
    'inputs.a.services.signIns.start_time_in_utc: found "2026-02-30", expected an ISO 8601 time such as ' +
    "2026-01-01T00:00:00Z (InitVariablesError 1)",
  ],
  [
    "a start in the future",
    service("start_time_in_utc: 2027-01-01"),
    "11:36 error " +
    'inputs.a.services.signIns.start_time_in_utc: found "2027-01-01", expected a time in the past ' +
    "(InitVariablesError 2)",
  ],
  [
    "a filter with its parameter",
    service('additional_filter: "$filter=a eq 1"'),
    "11:36 error inputs.a.services.signIns.additional_filter: " +
    'found "$filter=a eq 1", expected an OData clause alone, without "$filter=" before it',
  ],
  [
    "a filter that begins with and",
    service('additional_filter: "and a eq 1"'),
    "11:36 error inputs.a.services.signIns.additional_filter: " +
    'found "and a eq 1", expected an OData clause that is whole: it is and-ed to the service\'s own by itself',
  ],
  [
    "an open bracket",
    service('additional_filter: "(a eq 1"'),
    "11:36 error " +
    'inputs.a.services.signIns.additional_filter: found "(a eq 1", expected an OData clause whose every "(" is closed',
  ],
  [
    "a tag with a space",
    service("override_tag: my.app a.b"),
    "11:31 error inputs.a.services.signIns.override_tag: " +
    'found "my.app a.b", expected a tag without white space, colons and control characters',
  ],
  [
    "a tag with an empty level",
    service("override_tag: my..a.b"),
    "11:31 error " +
    'inputs.a.services.signIns.override_tag: found "my..a.b", expected a tag whose levels, between the dots, are not empty',
  ],
  [
    "a tag outside the strict form",
    service("override_tag: my.App.sign-ins"),
    "11:31 warning " +
    'inputs.a.services.signIns.override_tag: found "my.App.sign-ins", expected 4 to 8 levels of a-z, 0-9 and _, ' +
    "separated by dots; Devo may not find a table for it",
  ],
  [
    "times for what has none",
    small({
      services: [
        "secure_score_control_profiles:",
        "  start_time_in_utc: 2026-01-01",
        "  override_query_window_max_seconds: 60",
      ],
    }),
    "12:28 warning inputs.a.services.secure_score_control_profiles.start_time_in_utc: ignored: " +
    "secure_score_control_profiles is read whole and takes no start time",
    "13:44 warning " +
    "inputs.a.services.secure_score_control_profiles.override_query_window_max_seconds: ignored: " +
    "secure_score_control_profiles is read whole and has no window",
  ],
  [
    "events for what goes from a log, where nothing does",
    service("removed: true"),
    "11:26 warning inputs.a.services.signIns.removed: ignored: signIns is a log, from which nothing is removed",
  ],
  [
    "a masking rule that is wrong",
    service("obfuscation_data: [{nam: [a]}, {name: []}, x]"),
    "11:36 error inputs.a.services.signIns.obfuscation_data.0.name: is missing; expected a list of keys",
    '11:37 error inputs.a.services.signIns.obfuscation_data.0.nam: unknown key "nam" (did you mean "name"?)',
    "11:55 error inputs.a.services.signIns.obfuscation_data.1.name: found a list, expected a list of at least one key",
    "11:60 error inputs.a.services.signIns.obfuscation_data.2: found a text, expected a map of keys",
  ],
  [
    "a pattern that is none",
    service('obfuscation_data: [{name: [a], string_patterns: ["("]}]'),
    "11:66 error " +
    'inputs.a.services.signIns.obfuscation_data.0.string_patterns.0: found "(", expected a regular expression of ' +
    "Python 3.9: missing ), unterminated subpattern at position 0",
  ],
  ["a replacement in angle brackets", service("obfuscation_data: [{name: [a], value: <masked>}]")],
];

describe("a problem", () => {
  it.each(cases)("is named for %s", (_, text, ...expected) => {
    expect(problemsOf(text).toSorted()).toEqual(expected.toSorted());
  });

  it("is one line that editors understand", () => {
    const problem = parseConfig(service("start_time_in_utc: 2027-01-01"), options()).problems[0]!;
    expect(problemLine("config.yaml", problem)).toBe(
      "config.yaml:11:36: inputs.a.services.signIns.start_time_in_utc: " +
        'found "2027-01-01", expected a time in the past (InitVariablesError 2)',
    );
    expect(problemLine("-", { severity: "warning", line: null, column: null, key: "", message: "so" })).toBe(
      "-: warning: so",
    );
  });

  it("of each kind comes in one go, sorted by position", () => {
    const text = small({
      globals: ["debug: perhaps", "typo: 1"],
      input: ["bogus: 1", "override_base_url: ftp://x", "requests_per_second: -1"],
      services: ["signIns: {request_period_in_seconds: x, nonsense: 1}", "nothing:", "signIn:", "alerts: 5"],
      top: ["global_overrides: []", "outputs: x"],
    }).replace(/tenant_id.*/, "tenant_id: <tenant_id_value>").replace("    id: 10001", "    id: []");
    const { config, problems } = parseConfig(text, options());
    expect(config).toBeNull();
    expect(problems.map((problem) => problem.key)).toEqual([
      "globals.debug",
      "globals.typo",
      "inputs.a.id",
      "inputs.a.credentials.tenant_id",
      "inputs.a.bogus",
      "inputs.a.override_base_url",
      "inputs.a.requests_per_second",
      "inputs.a.services.signIns.request_period_in_seconds",
      "inputs.a.services.signIns.nonsense",
      "inputs.a.services.nothing",
      "inputs.a.services.signIn",
      "inputs.a.services.alerts",
      "global_overrides",
      "outputs",
    ]);
    const lines = problems.map((problem) => problem.line ?? 0);
    expect(lines).toEqual(lines.toSorted((a, b) => a - b));
    expect(() => loadConfig(text, options())).toThrow(expect.objectContaining({
      code: "config-invalid",
      message: expect.stringMatching(/^config\/config\.yaml has 13 errors and 1 warning\n/),
    }));
  });
});

describe("of many problems", () => {
  const problems = (severity: Problem["severity"], count: number, from = 1): Problem[] =>
    Array.from({ length: count }, (_, n) => ({ severity, line: from + n, column: 1, key: "", message: "" }));
  const shown = (found: readonly Problem[]) =>
    shownProblems(found, ({ severity, line }) => `${severity} ${line}`);

  it("all are shown up to a hundred", () => {
    expect(shown(problems("warning", 100))).toEqual(
      problems("warning", 100).map(({ line }) => `warning ${line}`),
    );
  });

  it("only the first hundred are shown, and how many more there are", () => {
    const lines = shown(problems("error", 10_000));
    expect(lines).toHaveLength(101);
    expect(lines.slice(-2)).toEqual(["error 100", "and 9900 more, to be seen when these are mended"]);
  });

  it("no error is hidden by warnings before it", () => {
    const lines = shown([...problems("warning", 200), ...problems("error", 2, 201)]);
    expect(lines.slice(-4)).toEqual([
      "warning 98",
      "error 201",
      "error 202",
      "and 102 more, to be seen when these are mended",
    ]);
  });

  it("the message of a refused file keeps the count of all", () => {
    const text = `inputs:\n${Array.from({ length: 150 }, (_, n) => `  in${n}: 5\n`).join("")}`;
    let message = "";
    try {
      loadConfig(text, options());
    } catch (error) {
      message = (error as Error).message;
    }
    const lines = message.split("\n");
    expect(lines).toHaveLength(102);
    expect(lines[0]).toBe("config/config.yaml has 150 errors");
    expect(lines.at(-1)).toBe("and 50 more, to be seen when these are mended");
  });
});
