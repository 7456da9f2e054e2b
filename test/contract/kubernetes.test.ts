/** What is applied to a cluster: its words are this program's, and its parts belong together. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { plugins } from "../../plugins/index.ts";
import { commands } from "../../src/cli/commands.ts";
import { parseOptions, variableOf } from "../../src/cli/options.ts";
import { loadFiles } from "../../src/config/load.ts";
import { parseShard } from "../../src/config/shard.ts";
import { fromMillis } from "../../src/instant.ts";
import { createRegistry } from "../../src/plugin/registry.ts";
import { alertGroups } from "../../src/telemetry/alerts.ts";
import { rulesFile } from "../../src/telemetry/rulesFile.ts";
import { projectFolder } from "../support/project.ts";

const folder = join(projectFolder, "fluent-bit", "kubernetes");
const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".yaml")).toSorted();
const textOf = (file: string) => readFileSync(join(folder, file), "utf8");
// deno-lint-ignore no-explicit-any
const read = (file: string): any => parse(textOf(file), { merge: true });
const pod = read("base/statefulset.yaml").spec.template.spec;
const [tap] = pod.containers;
const [shipper] = pod.initContainers;

it.each(files)("%s is YAML without mistakes", (file) => {
  expect(parseAllDocuments(textOf(file)).flatMap(({ errors, warnings }) => [...errors, ...warnings])).toEqual(
    [],
  );
});

describe("a kustomization", () => {
  it.each(files.filter((file) => file.endsWith("kustomization.yaml")))(
    "%s names files that are there",
    (file) => {
      const { resources = [], patches = [], configMapGenerator = [] } = read(file);
      const named = [
        ...resources,
        ...patches.map(({ path }: { path: string }) => path),
        ...configMapGenerator.flatMap((one: { files: string[] }) => one.files),
      ];
      expect(named.length).toBeGreaterThan(0);
      for (const name of named) expect(existsSync(join(folder, dirname(file), name)), name).toBe(true);
    },
  );

  it.each(["one-tenant", "many-tenants"])(
    "%s has all files of its configuration, which is valid",
    (overlay) => {
      const place = join("overlays", overlay);
      const listed = read(join(place, "kustomization.yaml")).configMapGenerator[0].files as string[];
      const there = readdirSync(join(folder, place, "config")).map((name) => `config/${name}`);
      expect(listed.toSorted()).toEqual(there.toSorted());
      const config = loadFiles(listed.map((file) => ({ file, text: textOf(join(place, file)) })), {
        file: "config",
        registry: createRegistry(plugins),
        now: fromMillis(0),
        env: { AZURE_FEDERATED_TOKEN_FILE: "/devo-collector/identity/token" },
        readFile: () => "secret",
      });
      expect(config.inputs.length).toBeGreaterThan(0);
    },
  );
});

describe("the pods", () => {
  it("start graphtap by words that it knows", () => {
    const [name, ...words] = tap.args as string[];
    const command = commands.find((one) => one.name === name)!;
    const given = parseOptions(name!, command.options, words, {});
    expect(given.words).toEqual([]);
    expect(given.text("to")).toBe(
      `http://127.0.0.1:${read("base/fluent-bit.yaml").pipeline.inputs[0].port}/`,
    );
    expect(given.text("listen")).toBe(`0.0.0.0:${tap.ports[0].containerPort}`);
  });

  it("are shut in, and as another than root", () => {
    expect(pod.securityContext).toMatchObject({
      runAsNonRoot: true,
      runAsUser: 1000,
      seccompProfile: { type: "RuntimeDefault" },
    });
    for (const { securityContext } of [tap, shipper]) {
      expect(securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
      });
    }
    expect(pod.automountServiceAccountToken).toBe(false);
  });

  it("mount what they have, and every path of a word lies in a mount", () => {
    const names = [...pod.volumes, ...read("base/statefulset.yaml").spec.volumeClaimTemplates]
      .map((volume: { name?: string; metadata?: { name: string } }) => volume.name ?? volume.metadata!.name);
    for (const container of [tap, shipper]) {
      const mounts = container.volumeMounts as { name: string; mountPath: string }[];
      for (const { name } of mounts) expect(names).toContain(name);
      const paths = [...(container.args ?? []), ...(container.command ?? [])].join(" ")
        .match(/\/(devo-collector|fluent-bit\/config)\/[\w/.-]+/g) ?? [];
      expect(paths.length).toBeGreaterThan(0);
      for (const path of paths) {
        expect(mounts.some(({ mountPath }) => path.startsWith(mountPath)), path).toBe(true);
      }
    }
  });

  it("are asked at paths that the program answers without a token", () => {
    const guard = readFileSync(join(projectFolder, "src/server/guard.ts"), "utf8");
    for (const probe of [tap.startupProbe, tap.livenessProbe, tap.readinessProbe]) {
      expect(guard).toContain(`"${probe.httpGet.path}"`);
      expect(probe.httpGet.port).toBe(tap.ports[0].name);
    }
  });

  it("are as many as there are shards, by variables that the program knows", () => {
    const { spec } = read("overlays/many-tenants/shards.yaml");
    const variables = spec.template.spec.containers[0].env as { name: string; value?: string }[];
    const known = commands.flatMap(({ options }) => options.map(variableOf));
    for (const { name } of variables.filter((one) => one.name.startsWith("GRAPHTAP_"))) {
      expect(known).toContain(name);
    }
    const text = variables.find(({ name }) => name === "GRAPHTAP_SHARD")!.value!.replace("$(POD_INDEX)", "0");
    expect(parseShard(text)).toEqual({ index: 0, of: spec.replicas });
    expect(read("overlays/rescale/idle.yaml").spec.replicas).toBeGreaterThanOrEqual(spec.replicas);
  });
});

it("Fluent Bit is set as it is elsewhere, but for places", () => {
  const settings = read("base/fluent-bit.yaml");
  const alone = (name: string) => parse(readFileSync(join(projectFolder, "fluent-bit", name), "utf8"));
  const places = (one: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(one).filter(([name]) => !/path|_file$|http_listen/.test(name)));
  expect(settings.env).toEqual(alone("http.yaml").env);
  expect(places(settings.service)).toEqual(places(alone("http.yaml").service));
  expect(settings.pipeline.inputs.map(places)).toEqual(alone("http.yaml").pipeline.inputs.map(places));
  expect(settings.pipeline.outputs.map(places)).toEqual(alone("to-devo.yaml").pipeline.outputs.map(places));
});

it("the rules are those that graphtap alerts prints", () => {
  expect(read("monitoring/prometheusrule.yaml").spec).toEqual(
    parse(rulesFile(alertGroups({ job: "graphtap" }))),
  );
});

it("is applied by the server, as the page says: kubectl's own copy of a folder for many tenants would not fit", () => {
  const page = readFileSync(join(folder, "README.md"), "utf8");
  const applied = page.match(/kubectl apply (?!--dry-run)\S+/g) ?? [];
  expect(applied.length).toBeGreaterThan(2);
  expect(new Set(applied)).toEqual(new Set(["kubectl apply --server-side"]));
});
