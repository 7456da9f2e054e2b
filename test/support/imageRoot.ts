/** The image's file system without an engine: a folder that is mounted read-only, in a namespace of its own. */
import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fluentBit } from "./forwarderFluentBit.ts";
import { type Running, startCommand } from "./program.ts";
import { projectFolder } from "./project.ts";
import { shellCommand } from "../../src/telemetry/shellCommand.ts";
import { tempFolder } from "./tempFolder.ts";

/** Why there can be none here; `null` where it can. */
export const whyNoImageRoot: string | null = process.getuid?.() !== 0
  ? "only root lays a root file system out"
  : spawnSync("unshare", ["--mount", "true"]).status !== 0
  ? "there are no mount namespaces"
  : null;

const dockerfile = readFileSync(join(projectFolder, "Dockerfile"), "utf8");

function wordsOf(instruction: string): string[] {
  const [, words = "[]"] = new RegExp(`^(?: +)?${instruction} (\\[.*\\])$`, "m").exec(dockerfile) ?? [];
  return JSON.parse(words) as string[];
}

/** What an engine takes from the Dockerfile. */
export const image = {
  command: [...wordsOf("ENTRYPOINT"), ...wordsOf('CMD(?= \\["up)')],
  healthCheck: wordsOf('CMD(?= \\["/usr/local/bin/node)'),
  user: /^USER (\S+)$/m.exec(dockerfile)?.[1] ?? "0:0",
  /** Of what Node is told, only what the one of these tests knows, too: the image's is newer. */
  env: (/^ENV (.*)$/m.exec(dockerfile)?.[1] ?? "").split(" ").filter((variable) => {
    const [, option] = /^NODE_OPTIONS=(.*)$/.exec(variable) ?? [];
    return option === undefined || process.allowedNodeEnvironmentFlags.has(option);
  }),
};

export interface ImageRoot {
  /** Runs a command as an engine runs the image's, as its user. Only state/ can be written; there is no shell. */
  start(command: readonly string[], env?: readonly string[]): Running;
}

/**
 * @param home the folder with certs/, config/ and state/
 * @param owner whom state/ belongs to; by default the user of the image
 */
export function openImageRoot(home: string, owner: number = Number(image.user.split(":")[0])): ImageRoot {
  const root = tempFolder();
  chmodSync(home, 0o755);
  spawnSync("chown", ["-R", image.user, home]);
  chownSync(join(home, "state"), owner, owner);
  const quoted = (...words: string[]) => shellCommand(words);
  const give = (from: string, to: string) =>
    `: > ${quoted(root + to)} && mount --bind ${quoted(from, root + to)}`;
  const volume = (name: string) =>
    `mount --bind ${quoted(join(home, name), `${root}/devo-collector/${name}`)}`;
  const layOut = [
    "set -e",
    "mount --make-rprivate /",
    `mount -t tmpfs tmpfs ${quoted(root)}`,
    // Libraries, and no program beside those of the image.
    `mkdir -p ${
      ["/usr/lib", "/usr/local/bin", "/fluent-bit/bin", "/dev", "/proc"].map((path) => quoted(root + path))
        .join(" ")
    }`,
    `mkdir -p ${
      ["certs", "config", "state"].map((name) => quoted(`${root}/devo-collector/${name}`)).join(" ")
    }`,
    `mount --rbind /usr/lib ${quoted(`${root}/usr/lib`)}`,
    `ln -s usr/lib ${quoted(`${root}/lib`)}; ln -s usr/lib64 ${quoted(`${root}/lib64`)}`,
    `mkdir -p ${quoted(`${root}/usr/lib64`)} && mount --bind /lib64 ${quoted(`${root}/usr/lib64`)}`,
    `mount --rbind /dev ${quoted(`${root}/dev`)}; mount --rbind /proc ${quoted(`${root}/proc`)}`,
    give(process.execPath, "/usr/local/bin/node"),
    give("/usr/bin/flock", "/usr/local/bin/flock"),
    give(join(projectFolder, "dist/graphtap.cjs"), "/usr/local/bin/graphtap"),
    give(fluentBit.path, "/fluent-bit/bin/fluent-bit"),
    ...["certs", "config", "state"].map(volume),
    `mount -o remount,ro ${quoted(root)}`,
  ];
  const [uid = "0", gid = "0"] = image.user.split(":");
  const enter = [
    "/usr/bin/unshare",
    `--root=${root}`,
    "--wd=/devo-collector",
    "--setuid",
    uid,
    "--setgid",
    gid,
  ];
  return {
    start(command, env = []) {
      const inside = ["env", "-i", ...image.env, ...env, ...enter, "--", ...command];
      const script = [...layOut, `exec ${shellCommand(inside)}`].join("\n");
      return startCommand(["unshare", "--mount", "--propagation", "private", "sh", "-c", script]);
    },
  };
}
