/** The READMEs tell no lies: each command in their shell blocks is run here, on the configuration that the first shows. */
import { Buffer } from "node:buffer";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { describe, expect, it } from "vitest";
import { plugins } from "../../plugins/index.ts";
import { parse } from "yaml";
import { addSeconds, fromMillis } from "../../src/instant.ts";
import { createAuthority, writeDomain } from "../support/certificates.ts";
import { sample171 } from "../support/collectorSamples.ts";
import { eventLines, EXACT, tally } from "../support/eventLines.ts";
import { findInstalled } from "../support/forwarderInstalled.ts";
import {
  denoCommandLine,
  denoNarrowedLine,
  denoProgram,
  programCommand,
  run,
  startCommand,
} from "../support/program.ts";
import { onDeno, projectFolder } from "../support/project.ts";
import { CONTOSO, contoso, openSite, type Site } from "../support/site.ts";
import { tempFolder } from "../support/tempFolder.ts";

/** Services whose records come with the first pull: a job is read by a later one. */
const atOnce = plugins.filter(({ cursor }) => cursor.kind !== "job");

/** What a user reads, and what it leads him to for the rest. */
const DOCUMENTS = ["README.md", "src/README.md", "fluent-bit/README.md", "vector/README.md"];
const textOf = (document: string) => readFileSync(join(projectFolder, document), "utf8");

/** The lines of all blocks of a document in a language. */
function linesOf(document: string, language: string): string[] {
  const blocks = [
    ...textOf(document).matchAll(new RegExp(`^( *)\`\`\`${language}\\n([^]*?)^\\1\`\`\`$`, "gm")),
  ];
  return blocks.flatMap(([, indent = "", body = ""]) =>
    body.split("\n").map((line) => line.slice(indent.length)).filter((line) => line.trim() !== "")
  );
}

/** A document and a line of it, without its comment. */
const commands = DOCUMENTS.flatMap((document) =>
  linesOf(document, "sh").map((line) => [document, line.replace(/\s+#.*$/, "")] as const)
);

/** The program that starts another and writes lines of Devo: Deno asks for two permissions more. */
const STARTING_OTHERS = onDeno
  ? programCommand.toSpliced(-1, 0, "--allow-run", "--allow-sys=hostname")
  : programCommand;

/** A folder with the README's configuration, pointed at a site, and with the programs that its lines name. */
async function readersFolder(started: readonly string[] = programCommand) {
  const site = await openSite();
  const now = fromMillis(Date.now());
  site.emulator.produce("secureScores", 20, { from: addSeconds(now, -20 * 86_400) });
  const endpoints = `override_base_url: ${site.url}\n    override_login_url: ${site.url}\n    `;
  const yaml = linesOf("README.md", "yaml").join("\n");
  expect(yaml).toContain("environment: prod");
  writeFileSync(join(site.folder, "config.yaml"), yaml.replace("environment: prod", `${endpoints}$&`));
  const bin = join(site.folder, "bin");
  mkdirSync(bin);
  program(
    join(bin, "graphtap"),
    `echo "$$" > '${join(site.folder, "pid")}'\nexec ${quoted(started)} "$@"`,
  );
  program(join(bin, "your-shipper"), `exec cat > '${join(site.folder, "shipped.ndjson")}'`);
  const note = join(site.folder, "started");
  for (const shipper of ["fluent-bit", "vector"]) {
    program(
      join(bin, shipper),
      `if [ "$1" = --version ]; then echo "Fluent Bit v5.1.1"; exit; fi\n` +
        `echo "${shipper} $*" >> '${note}'; for file; do :; done; test -s "$file" || exit 1\n` +
        // By graphtap up it is to stay until it is told to end.
        `case "$*" in --dry-run*) exit;; -c*/.shipper/*) echo "[engine] Shutdown Grace Period=5"; exec sleep 60;; esac`,
    );
  }
  const shell = (line: string) =>
    startCommand(["sh", "-c", line], {
      cwd: site.folder,
      env: { PATH: `${bin}:${process.env["PATH"]}`, GRAPH_SECRET: CONTOSO.clientSecret },
    });
  return { site, shell };
}

/** The same with the files of a domain, which only configurations of shippers need, also as the collector has it. */
async function folderWithDomain(started: readonly string[] = programCommand) {
  const { site, shell } = await readersFolder(started);
  for (const name of ["certs", "config"]) mkdirSync(join(site.folder, name));
  const authority = createAuthority();
  writeDomain(join(site.folder, "certs"), authority, authority.issue("domain"));
  copyFileSync(join(site.folder, "config.yaml"), join(site.folder, "config/config.yaml"));
  return { site, shell };
}

/** The same with what the old collector left: a configuration of 1.x, and the position of one service. */
async function folderOfOldCollector() {
  const { site, shell } = await readersFolder();
  const sample = sample171({ url: site.url, tenant: CONTOSO, start: "2024-01-01T00:00:00Z" });
  mkdirSync(join(site.folder, "old/state"), { recursive: true });
  writeFileSync(join(site.folder, "old/config.yaml"), JSON.stringify(sample));
  const name = createHash("md5").update("microsoft_graph;10001;audit;None").digest("hex");
  // As Python's protocol 0 writes a dict of one text.
  const pickle = "(dp0\nVlast_polled_timestamp\np1\nV2024-11-20 10:00:00\np2\ns.";
  writeFileSync(join(site.folder, "old/state", name), pickle);
  return { site, shell };
}

function program(path: string, script: string): void {
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}

const quoted = (words: readonly string[]) => words.map((word) => `'${word}'`).join(" ");

function expectAllScores(site: Site, file: string): void {
  const got = eventLines(readFileSync(join(site.folder, file))).map(({ record }) => record);
  expect(tally(site.records("secure_scores"), got)).toEqual(EXACT);
}

/** Writes a shipper's configuration by a line of a README. */
async function writesShipper(line: string): Promise<void> {
  const { site, shell } = await folderWithDomain();
  const { code, stderr } = await shell(line).ended;
  expect(code, stderr).toBe(0);
  const written = parse(readFileSync(join(site.folder, /> (\S+)$/.exec(line)![1]!), "utf8"));
  expect(JSON.stringify(written)).toContain(
    line.includes("--out http") ? "https://http-us.devo.io/stream/" : "collector-us.devo.io",
  );
}

/**
 * Starts a shipper by a line of a README, on what was written for it before. It is another program's place that is
 * taken here; fluentBit.test.ts and vector.test.ts start the real ones.
 */
const startsShipper = (shipper: string, ...words: string[]) => async (line: string) => {
  const { site, shell } = await folderWithDomain();
  expect((await shell(`graphtap shipper ${shipper} -c config.yaml > ${shipper}.yaml`).ended).code).toBe(0);
  const { code, stderr } = await shell(line).ended;
  expect(code, stderr).toBe(0);
  const started = readFileSync(join(site.folder, "started"), "utf8").trimEnd().split("\n");
  expect(started).toEqual(words.map((rest) => `${shipper} ${rest}`));
};

/** What makes a certificate, one line after the other. */
const CERTIFICATE = [
  "openssl req -x509 -newkey rsa:3072 -nodes -days 365 -subj /CN=graphtap -keyout graphtap.key -out graphtap.crt",
  "(umask 077 && cat graphtap.key graphtap.crt > graphtap.pem)",
  "openssl pkcs12 -export -inkey graphtap.key -in graphtap.crt -out graphtap.pfx -passout env:PFX_PASSWORD",
];
/** A stand-in for Azure's command line, which is not installed here: it writes down what it was asked for. */
const AZ = `printf '%s\\n' "$*" >> az.txt; case "$*" in *password*) echo a-new-secret;; esac`;

/** Runs a line of the certificate's, and those before it; what they make, the program reads a tenant with. */
async function makesCertificate(line: string): Promise<void> {
  const certificates: { pem: string }[] = [];
  const { clientSecret: _, ...tenant } = CONTOSO;
  const site = await openSite({ tenants: [{ ...tenant, certificates }] });
  site.emulator.produce("directoryAudits", 5);
  const env = { PFX_PASSWORD: "of the PFX" };
  for (const each of CERTIFICATE.slice(0, CERTIFICATE.indexOf(line) + 1)) {
    const { code, stderr } = await startCommand(["sh", "-c", each], { cwd: site.folder, env }).ended;
    expect(code, stderr).toBe(0);
  }
  const files = [
    { file: "graphtap.crt", key: "graphtap.key" },
    { file: "graphtap.pem" },
    { file: "graphtap.pfx", password: { env: "PFX_PASSWORD" } },
  ];
  certificates.push({ pem: readFileSync(join(site.folder, "graphtap.crt"), "utf8") });
  const credentials = { client_certificate: files[CERTIFICATE.indexOf(line)] };
  const config = site.write([{ ...contoso("directory_audits"), credentials }]);
  const checked = await run(["check", "-c", config], { env });
  expect([checked.code, checked.stdout.toString()]).toEqual([0, expect.not.stringContaining("warning")]);
  const { code, stdout, stderr } = await run(["pull", "-c", config], { env });
  expect(code, stderr).toBe(0);
  expect(eventLines(stdout)).toHaveLength(5);
}

/** Runs a line with the stand-in. */
const asksAz = (words: string, output?: readonly [string, string]) => async (line: string) => {
  const folder = tempFolder();
  program(join(folder, "az"), AZ);
  const env = { PATH: `${folder}:${process.env["PATH"]}`, CLIENT_ID: "CLIENT", TENANT_ID: "TENANT" };
  const { code, stderr } = await startCommand(["sh", "-c", line], { cwd: folder, env }).ended;
  expect(code, stderr).toBe(0);
  expect(readFileSync(join(folder, "az.txt"), "utf8")).toBe(`${words}\n`);
  if (output !== undefined) expect(readFileSync(join(folder, output[0]), "utf8")).toBe(output[1]);
};

/** How each line is run. `npm ci` is what brought these tests here; it must not be repeated under their feet. */
const RUNS: Readonly<Record<string, (line: string) => Promise<void>>> = {
  "npm ci && npm run demo": async () => {
    const demo = onDeno ? [process.execPath, "task", "demo"] : ["npm", "run", "--silent", "demo", "--"];
    const { code, stdout, stderr } = await startCommand([...demo, "--seconds", "2"], { cwd: projectFolder })
      .ended;
    expect(code, stderr).toBe(0);
    expect(new Set(eventLines(stdout).map(({ service }) => service)).size).toBe(atOnce.length);
    expect(stderr).toMatch(/^SERVICE +RECORDS/m);
  },
  [CERTIFICATE[0]!]: makesCertificate,
  [CERTIFICATE[1]!]: makesCertificate,
  [CERTIFICATE[2]!]: makesCertificate,
  'az ad app credential reset --id "$CLIENT_ID" --append --cert @graphtap.crt': asksAz(
    "ad app credential reset --id CLIENT --append --cert @graphtap.crt",
  ),
  'az ad app federated-credential create --id "$CLIENT_ID" --parameters federation.json': asksAz(
    "ad app federated-credential create --id CLIENT --parameters federation.json",
  ),
  '(umask 077 && az ad app credential reset --id "$CLIENT_ID" --append --years 1 --query password --output tsv > graphtap.secret)':
    asksAz(
      "ad app credential reset --id CLIENT --append --years 1 --query password --output tsv",
      ["graphtap.secret", "a-new-secret\n"],
    ),
  'az login --tenant "$TENANT_ID"': asksAz("login --tenant TENANT"),
  "graphtap check -c config.yaml": async (line) => {
    const { shell } = await readersFolder();
    const { code, stdout, stderr } = await shell(line).ended;
    expect(stdout.toString()).toMatch(/config\.yaml: valid; 4 streams/);
    expect(code, stderr).toBe(0);
  },
  // test/e2e/oneFile.test.ts has the other commands. Deno runs the sources, and nothing is built for it.
  "node graphtap.cjs check -c config.yaml": async (line) => {
    if (onDeno) return;
    const { site, shell } = await readersFolder();
    copyFileSync(join(projectFolder, "dist/graphtap.cjs"), join(site.folder, "graphtap.cjs"));
    const { code, stdout, stderr } = await shell(line).ended;
    expect(stdout.toString()).toMatch(/config\.yaml: valid; 4 streams/);
    expect(code, stderr).toBe(0);
  },
  "graphtap doctor -c config.yaml": async (line) => {
    const { shell } = await readersFolder();
    const { code, stdout, stderr } = await shell(line).ended;
    expect(stdout.toString().match(/^contoso +\w+ +ok /gm), stderr).toHaveLength(7);
    expect(code).toBe(0);
  },
  "graphtap pull -c config.yaml >> events.ndjson": async (line) => {
    const { site, shell } = await readersFolder();
    for (let times = 0; times < 2; times++) {
      const { code, stderr } = await shell(line).ended;
      expect(code, stderr).toBe(0);
    }
    expectAllScores(site, "events.ndjson");
  },
  "graphtap run -c config.yaml | your-shipper": async (line) => {
    const { site, shell } = await readersFolder();
    const pipe = shell(line);
    await pipe.until(() => pipe.stderr.split('"pull done"').length > 4, "four polls");
    process.kill(Number(readFileSync(join(site.folder, "pid"), "utf8")), "SIGTERM");
    expect((await pipe.ended).code).toBe(0);
    expectAllScores(site, "shipped.ndjson");
  },
  "graphtap up -c config.yaml --dry-run": async (line) => {
    const { site, shell } = await folderWithDomain(STARTING_OTHERS);
    const { code, stdout, stderr } = await shell(line).ended;
    expect(code, stderr).toBe(0);
    expect(stdout.toString()).toContain('serves: output "devo" (collector-us.devo.io:443)');
    expect(existsSync(join(site.folder, "state"))).toBe(false);
  },
  // up.test.ts has the real Fluent Bit; here it is the place of another program.
  "graphtap up -c config.yaml": async (line) => {
    const { site, shell } = await folderWithDomain(STARTING_OTHERS);
    const program = shell(`exec ${line}`);
    await program.until(() => program.stderr.split('"pull done"').length > 4, "four polls");
    program.kill("SIGTERM");
    const { code, stderr } = await program.ended;
    expect(code, stderr).toBe(0);
    const folder = join(site.folder, "state/.shipper/fluent-bit");
    const [spool] = readdirSync(join(folder, "spool")).filter((name) => name.startsWith("events.log."));
    const lines = readFileSync(join(folder, "spool", spool!), "utf8").trimEnd().split("\n");
    expect(lines.filter((text) => !text.includes("graphtap.heartbeat"))).toHaveLength(20);
    expect(readFileSync(join(site.folder, "started"), "utf8")).toContain(`-c ${folder}/fluent-bit.yaml`);
  },
  "graphtap shipper fluent-bit -c config.yaml > fluent-bit.yaml": writesShipper,
  "graphtap shipper fluent-bit -c config/config.yaml > fluent-bit.yaml": writesShipper,
  "graphtap shipper fluent-bit -c config/config.yaml --via file > fluent-bit.yaml": writesShipper,
  "graphtap shipper fluent-bit -c config/config.yaml --via http > fluent-bit.yaml": writesShipper,
  "fluent-bit -c fluent-bit.yaml": startsShipper("fluent-bit", "-c fluent-bit.yaml"),
  "fluent-bit --dry-run -c fluent-bit.yaml && fluent-bit -c fluent-bit.yaml": startsShipper(
    "fluent-bit",
    "--dry-run -c fluent-bit.yaml",
    "-c fluent-bit.yaml",
  ),
  "graphtap shipper vector -c config.yaml --out http > vector.yaml": writesShipper,
  "graphtap shipper vector -c config/config.yaml --via http --out http > vector.yaml": writesShipper,
  "mkdir -p buffer/vector && vector --config vector.yaml": startsShipper("vector", "--config vector.yaml"),
  "mkdir -p buffer/vector && vector validate --no-environment vector.yaml && vector --config vector.yaml":
    startsShipper(
      "vector",
      "validate --no-environment vector.yaml",
      "--config vector.yaml",
    ),
  "graphtap migrate old/config.yaml --write new.yaml": async (line) => {
    const { site, shell } = await folderOfOldCollector();
    const { code, stderr } = await shell(line).ended;
    expect(code, stderr).toBe(0);
    expect(readFileSync(join(site.folder, "new.yaml"), "utf8")).toContain("microsoft_graph_security");
  },
  "graphtap migrate --state old/state -c new.yaml": async (line) => {
    const { site, shell } = await folderOfOldCollector();
    expect((await shell("graphtap migrate old/config.yaml > new.yaml").ended).code).toBe(0);
    const { code, stderr } = await shell(line).ended;
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(/directory_audits +2024-11-20T10:00:00Z +2024-11-20T09:00:00Z/);
    expect(existsSync(join(site.folder, "state/10001/directory_audits/checkpoint.json"))).toBe(true);
  },
  // The hosts of the site in the place of Microsoft's; test/e2e/permissions.test.ts has the other commands.
  [denoNarrowedLine]: async (line) => {
    if (denoProgram === null) return;
    const { site, shell } = await readersFolder();
    const pipe = shell(
      line.replace("deno run", `exec '${denoProgram}' run --no-prompt`)
        .replace("graph.microsoft.com,login.microsoftonline.com", new URL(site.url).host)
        .replace("src/main.ts", `'${join(projectFolder, "src/main.ts")}'`),
    );
    await pipe.until(() => pipe.stderr.split('"pull done"').length > 4, "four polls");
    pipe.kill("SIGTERM");
    const { code, stdout, stderr } = await pipe.ended;
    expect({ code, lines: eventLines(stdout).length }, stderr).toEqual({ code: 0, lines: 20 });
  },
  // On Deno, all end-to-end tests start the program by this line.
  [denoCommandLine]: (line) => {
    expect(onDeno ? programCommand.join(" ") : line).toContain(line.split(" ").slice(1, -1).join(" "));
    return Promise.resolve();
  },
};

const fluentBit = findInstalled("fluent-bit", "GRAPHTAP_FLUENT_BIT");

/** A heading's address in its page, as GitHub and GitLab make it. */
const anchorOf = (heading: string) =>
  heading.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-");

describe("the READMEs", () => {
  it.each(commands)("%s: %s", async (document, line) => {
    const runLine = RUNS[line];
    if (runLine === undefined) throw new Error(`${document} has a command that no test runs: ${line}`);
    await runLine(line);
  });

  it("still have every command that is run here", () => {
    const lines = commands.map(([, line]) => line);
    expect(Object.keys(RUNS).filter((line) => !lines.includes(line))).toEqual([]);
  });

  it("name commands that exist", async () => {
    const named = new Set(
      DOCUMENTS.flatMap((document) => [...textOf(document).matchAll(/`graphtap ([a-z]+)/g)])
        .map(([, command]) => command!),
    );
    expect([...named].toSorted()).toEqual(expect.arrayContaining(["schema", "services"]));
    for (const command of named) expect((await run([command, "--help"])).code, command).toBe(0);
  });

  it.each(DOCUMENTS)("%s leads to pages and headings that are there", (document) => {
    const links = [...textOf(document).matchAll(/\]\((?!https:)([^)#]*)#?([^)]*)\)/g)];
    expect(links.length).toBeGreaterThan(0);
    for (const [link, path = "", anchor = ""] of links) {
      const page = path === "" ? document : join(dirname(document), path);
      expect(existsSync(join(projectFolder, page)), link).toBe(true);
      if (anchor === "") continue;
      const headings = [...textOf(page).matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchorOf(heading!));
      expect(headings).toContain(anchor);
    }
  });

  it.skipIf(typeof fluentBit === "string")("show a configuration that Fluent Bit accepts", () => {
    const file = join(tempFolder(), "fluent-bit.yaml");
    writeFileSync(file, linesOf("fluent-bit/README.md", "yaml").join("\n"));
    const { path } = fluentBit as { readonly path: string };
    const { stdout, stderr } = spawnSync(path, ["--dry-run", "-c", file], { encoding: "utf8" });
    expect(stdout + stderr).toContain("configuration test is successful");
  });

  it("show an event line as it is written", async () => {
    const { site, shell } = await readersFolder();
    const members = (line: string) => [...line.matchAll(/[{,]"(\w+)":/g)].map(([, name]) => name).slice(0, 6);
    await shell("graphtap pull -c config.yaml > events.ndjson").ended;
    const [written = ""] = readFileSync(join(site.folder, "events.ndjson"), "utf8").split("\n");
    const [shown = ""] = linesOf("README.md", "json");
    expect(members(written)).toEqual(members(shown));
    expect(Buffer.from(written).toString()).toMatch(
      /,"@devo_environment":"prod","@devo_pulling_id":"\d{13}"\}\}$/,
    );
  });
});
