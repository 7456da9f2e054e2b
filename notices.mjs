/** What the licences of bundled packages ask for. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const home = fileURLToPath(new URL(".", import.meta.url));

/** The folders of the packages that have a file among `inputs`, as esbuild names them; "." is graphtap. */
export function packagesOf(inputs) {
  const folders = inputs.map((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? ".");
  return [...new Set(folders)].sort();
}

/** The licences of the program and of every package that has a file among `inputs`. */
export function notices(inputs) {
  return packagesOf(inputs).map((folder) => {
    const { name, version } = JSON.parse(readFileSync(join(home, folder, "package.json"), "utf8"));
    const file = readdirSync(join(home, folder)).find((one) => /^licen[cs]e(\.|$)/i.test(one));
    if (file === undefined) throw new Error(`Cannot bundle "${name}": its folder has no licence`);
    return `${name} ${version}\n\n${readFileSync(join(home, folder, file), "utf8").trim()}\n`;
  }).join("\n\n");
}
