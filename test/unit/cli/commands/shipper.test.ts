import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { runCli } from "../../../../src/cli/cli.ts";
import { foldersOf } from "../../../../src/shipper/settings.ts";
import { createAuthority, type Identity, writeDomain } from "../../../support/certificates.ts";
import { tempFolder } from "../../../support/tempFolder.ts";

const authority = createAuthority();
const DAY_MS = 86_400_000;
const days = (count: number) => new Date(Date.now() + count * DAY_MS);

/** A collector's folder: `certs/`, `config/config.yaml`. */
function home(outputs: object, identity: Identity = authority.issue("domain"), signer = authority) {
  const folder = tempFolder();
  for (const name of ["certs", "config"]) mkdirSync(join(folder, name));
  const files = writeDomain(join(folder, "certs"), signer, identity);
  const config = join(folder, "config", "config.yaml");
  const credentials = { tenant_id: crypto.randomUUID(), client_id: crypto.randomUUID(), client_secret: "s" };
  const inputs = { a: { id: "10001", enabled: true, credentials, services: { signIns: {} } } };
  writeFileSync(config, JSON.stringify({ outputs, inputs }));
  return { folder, config, files };
}

const devo = {
  type: "devo_platform",
  config: {
    address: "collector-eu.devo.io",
    port: "443",
    type: "SSL",
    chain: "chain.crt",
    cert: "domain.crt",
    key: "domain.key",
  },
};
const relay = { type: "in_house_relay", config: { url: "10.0.0.7", port: 514 } };

async function shipper(...args: string[]) {
  let stdout = "";
  let stderr = "";
  const code = await runCli({
    args: ["shipper", ...args],
    env: {},
    stdoutName: () => null,
    writeStdout: (bytes) => {
      stdout += new TextDecoder().decode(bytes);
      return Promise.resolve();
    },
    writeStderr: (text) => void (stderr += text),
    stderrIsTerminal: false,
    stdoutIsPipe: () => false,
    stderrSize: () => ({ columns: 80, rows: 24 }),
    onResize: () => () => {},
    onContinue: () => () => {},
    importModule: () => Promise.reject(new Error("no module is imported here")),
    stdin: async function* () {},
    stdoutPlace: () => null,
    onStopSignal: () => () => {},
    onReloadSignal: () => () => {},
    onParentGone: () => {},
    monotonicMicros: () => 0,
    locker: () => {
      throw new Error("nothing is locked here");
    },
    pid: 1,
    rssBytes: () => 0,
    cpuSeconds: () => 0,
    runtimeName: "node 20",
    startedMs: 0,
    command: ["/opt/my node/node", "/opt/graphtap/main.js"],
  });
  return { code, stdout, stderr };
}

interface FluentBit {
  pipeline: { inputs: [Record<string, unknown>]; outputs: [Record<string, unknown>] };
}

describe("a configuration below /etc", () => {
  it("has its buffers, spool and state where a unit may write", () => {
    const words = foldersOf("/etc/graphtap", "/etc/graphtap/state");
    expect(words).toEqual({
      state: "/var/lib/graphtap/state",
      buffer: "/var/lib/graphtap/buffer",
      spool: "/var/lib/graphtap/spool/events.log",
    });
    expect(foldersOf("/etc/graphtap", "/srv/state")).not.toHaveProperty("state");
  });

  it("is the only one: elsewhere they lie beside it", () => {
    expect(foldersOf("/home/etc", "/home/etc/state")).toEqual({
      buffer: "/home/etc/buffer",
      spool: "/home/etc/spool/events.log",
    });
  });
});

describe("graphtap shipper", () => {
  it("writes Fluent Bit's configuration from the outputs of the collector's file", async () => {
    const { config, files } = home({ console: { type: "console" }, devo, second: relay });
    const { code, stdout, stderr } = await shipper("fluent-bit", "-c", config);
    expect([code, stderr]).toEqual([
      0,
      'warning: output "console" gets nothing: it is of type "console", where no shipper delivers\n',
    ]);
    const { pipeline } = parse(stdout) as FluentBit;
    expect(pipeline.inputs[0]["command"]).toBe(
      `exec '/opt/my node/node' /opt/graphtap/main.js run --format devo -c ${config} --heartbeat 10 --exit-with-parent`,
    );
    expect(pipeline.outputs[0]).toMatchObject({
      "host": "collector-eu.devo.io",
      "port": 443,
      "raw_message_key": "$exec",
      "tls": "on",
      "tls.vhost": "collector-eu.devo.io",
      "tls.max_version": "TLSv1.2",
      "tls.ca_file": files.chain,
      "tls.crt_file": files.cert,
      "tls.key_file": files.key,
    });
  });

  it("serves every output that lines can be sent to, or says which it does not", async () => {
    const { config } = home({ devo, second: relay });
    const fluentBit = await shipper("fluent-bit", "-c", config, "--via", "http");
    const outputs = (parse(fluentBit.stdout) as FluentBit).pipeline.outputs as Record<string, unknown>[];
    expect(outputs.map(({ alias, host, match }) => [alias, host, match])).toEqual([
      ["devo", "collector-eu.devo.io", "graphtap"],
      ["devo_2", "10.0.0.7", "graphtap"],
    ]);
    expect([fluentBit.stderr, fluentBit.stdout.split("\n")[0]]).toEqual([
      "",
      expect.stringContaining('output "devo", "second".'),
    ]);
    const vector = parse((await shipper("vector", "-c", config)).stdout) as {
      sinks: Record<string, { address?: string; inputs: string[] }>;
    };
    expect([vector.sinks["devo"], vector.sinks["devo_2"]]).toMatchObject([
      { address: "collector-eu.devo.io:443", inputs: ["graphtap"] },
      { address: "10.0.0.7:514", inputs: ["graphtap"] },
    ]);
    expect((await shipper("vector", "-c", config, "--output", "second")).stderr).toBe(
      'warning: output "devo" gets nothing by this configuration; without --output it serves all\n',
    );
  });

  it("writes Vector's, with the words of the command as a list", async () => {
    const { config, files } = home({ devo });
    const { code, stdout } = await shipper("vector", "-c", config, "--via", "interval");
    expect(code).toBe(0);
    const { sources, sinks } = parse(stdout) as Record<string, Record<string, Record<string, unknown>>>;
    expect(sources!["graphtap_exec"]!["command"]).toEqual([
      "/opt/my node/node",
      "/opt/graphtap/main.js",
      ...["pull", "--due", "--deadline", "45", "--format", "devo", "-c", config, "--exit-with-parent"],
    ]);
    expect(sinks!["devo"]).toMatchObject({
      address: "collector-eu.devo.io:443",
      tls: { ca_file: files.chain, crt_file: files.cert, key_file: files.key },
    });
  });

  it("takes the named output, and plain TCP for an in-house relay", async () => {
    const { config } = home({ devo, second: relay });
    const { stdout } = await shipper("fluent-bit", "-c", config, "--output", "second", "--via", "http");
    const [output] = (parse(stdout) as FluentBit).pipeline.outputs;
    expect([output["host"], output["port"], output["tls"]]).toEqual(["10.0.0.7", 514, undefined]);
    expect(stdout).toContain(`--to http://127.0.0.1:9880/ --body fluent-bit`);
  });

  it("takes Devo's HTTP endpoint of the output's region, without certificates", async () => {
    const { config, folder } = home({ devo: { ...devo, config: { address: "collector-ap.devo.io" } } });
    const secret = join(folder, "certs", "devo-http.json");
    const { code, stdout, stderr } = await shipper("vector", "-c", config, "--via", "http", "--out", "http");
    expect([code, stderr]).toEqual([
      0,
      `warning: Vector reads {"domain": "my-domain", "token": "…"} from ${secret}, which is not there yet\n`,
    ]);
    const written = parse(stdout) as {
      secret: { devo: { path: string } };
      sinks: { devo: { type: string; uri: string }; dead_letter: { path: string } };
    };
    expect(written.secret.devo.path).toBe(secret);
    expect(written.sinks.devo).toMatchObject({
      type: "http",
      uri:
        "https://collector-ap.devo.io:8443/stream/SECRET[devo.domain]/token!SECRET[devo.token]/{{ host }}/{{ tag }}",
    });
    expect(written.sinks.dead_letter.path).toBe(join(folder, "buffer", "vector-dead-letter.ndjson"));
    writeFileSync(secret, "{}");
    expect((await shipper("vector", "-c", config, "--out", "http")).stderr).toBe("");
  });

  it.each<[string, () => { config: string }, string[], string]>([
    [
      "two outputs for one HTTP endpoint",
      () => home({ devo, second: devo }),
      ["vector", "--out", "http"],
      'serves one output; choose by --output: "devo", "second"',
    ],
    [
      "an HTTP endpoint of a relay",
      () => home({ relay }),
      ["vector", "--out", "http"],
      'no HTTP endpoint is known for the address "10.0.0.7" of output "relay"',
    ],
    [
      "a way out that the shipper lacks",
      () => home({ devo }),
      ["fluent-bit", "--out", "http"],
      `--out is "http", which is for vector only`,
    ],
    ["no shipper", () => home({ devo }), [], "there are fluent-bit and vector"],
    ["a stranger", () => home({ devo }), ["logstash"], `"logstash" is not a shipper`],
    ["no outputs", () => home({}), ["vector"], "has no output to deliver to"],
    [
      "an output that is not there",
      () => home({ devo }),
      ["vector", "--output", "x"],
      `not among the outputs of the configuration: "devo"`,
    ],
    [
      "a console",
      () => home({ devo, c: { type: "console" } }),
      ["vector", "--output", "c"],
      `of type "console"`,
    ],
    [
      "a way that the shipper lacks",
      () => home({ devo }),
      ["vector", "--via", "stdin"],
      "for fluent-bit only",
    ],
    ["no address", () => home({ d: { ...devo, config: { ...devo.config, address: "<devo_address>" } } }), [
      "vector",
    ], "config.address is missing"],
    [
      "an address with a scheme",
      () => home({ d: { ...devo, config: { ...devo.config, address: "https://x" } } }),
      ["vector"],
      "without scheme and port",
    ],
    [
      "no key",
      () => home({ d: { ...devo, config: { ...devo.config, key: null } } }),
      ["vector"],
      "outputs.d.config.key is missing",
    ],
    [
      "a file that is not there",
      () => home({ d: { ...devo, config: { ...devo.config, cert: "other.crt" } } }),
      ["vector"],
      'other.crt": there is no such file',
    ],
    [
      "an expired certificate",
      () => home({ devo }, authority.issue("domain", { to: days(-2) })),
      ["vector"],
      "expired on",
    ],
    ["a certificate of tomorrow", () => home({ devo }, authority.issue("domain", { from: days(2) })), [
      "vector",
    ], "not valid before"],
    [
      "the key of another",
      () => home({ devo }, { ...authority.issue("domain"), key: authority.issue("x").key }),
      ["vector"],
      "is not the key of the certificate",
    ],
    [
      "a key for a certificate",
      () => home({ devo }, { ...authority.issue("domain"), cert: authority.issue("x").key }),
      ["vector"],
      "holds no certificate",
    ],
    ["no key in the key's file", () => home({ devo }, { ...authority.issue("domain"), key: "nothing" }), [
      "vector",
    ], "holds no private key"],
  ])("ends with code 2 and a clear line for %s", async (_, make, args, message) => {
    const { code, stdout, stderr } = await shipper(...args, "-c", make().config);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain("PRIVATE");
  });

  it("names every problem of the files at once", async () => {
    const made = home({ devo }, {
      ...authority.issue("domain", { to: days(-2) }),
      key: authority.issue("x").key,
    });
    const { stderr } = await shipper("vector", "-c", made.config);
    expect(stderr.trim().split("\n")).toHaveLength(3);
  });

  it("warns of what works but will not for long", async () => {
    const { config, files } = home(
      { devo },
      authority.issue("domain", { to: days(9) }),
      createAuthority("Another"),
    );
    chmodSync(files.key, 0o644);
    const { code, stderr } = await shipper("fluent-bit", "-c", config);
    expect(code).toBe(0);
    expect(stderr.trim().split("\n").map((line) => line.replace(/"[^"]*"/g, "…"))).toEqual([
      expect.stringMatching(/^warning: key file … can be read by every user/),
      expect.stringMatching(/^warning: cert file … expires on \d{4}-/),
      expect.stringMatching(/^warning: no certificate in chain file … signed the one in …/),
    ]);
  });

  it("finds the files beside the configuration, too", async () => {
    const { config, files } = home({
      devo: { ...devo, config: { ...devo.config, chain: "../certs/chain.crt" } },
    });
    const { stdout } = await shipper("fluent-bit", "-c", config);
    expect((parse(stdout) as FluentBit).pipeline.outputs[0]["tls.ca_file"]).toBe(files.chain);
  });

  it.each(["fluent-bit", "vector"])("keeps %s to TLS 1.2 unless it is told otherwise", async (name) => {
    const { config } = home({ devo });
    const [kept, told] = [
      await shipper(name, "-c", config),
      await shipper(name, "-c", config, "--tls", "1.3"),
    ];
    const pinned = (text: string) => name === "vector" ? /OPENSSL_CONF/.test(text) : /max_version/.test(text);
    expect([kept, told].map(({ code, stdout }) => [code, pinned(stdout)])).toEqual([[0, true], [0, false]]);
  });
});
