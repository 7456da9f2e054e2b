/**
 * Builds the program for Node: `node build.mjs [FOLDER]`, dist by default, which is emptied first.
 *
 * - graphtap.cjs: the whole program in one file, which needs nothing but node. At its end stand the licences of all that
 *   is in it, so that they go wherever the file goes.
 * - main.js: starts it with what V8 compiled of it the last time, kept beside it; on Deno, too.
 */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { deflateRawSync } from "node:zlib";
import { build } from "esbuild";
import { notices } from "./notices.mjs";

const folder = process.argv[2] ?? "dist";
const home = fileURLToPath(new URL(".", import.meta.url));
const toOneFile = {
  absWorkingDir: home,
  bundle: true,
  platform: "node",
  target: "node20.19",
  format: "cjs",
  write: false,
  metafile: true,
  logLevel: "warning",
};
const packed = [];
const { outputFiles: [program], metafile } = await build({
  ...toOneFile,
  entryPoints: ["src/main.ts"],
  plugins: [{
    name: "packed",
    setup: (build) =>
      build.onLoad(
        { filter: /src\/graph\/auth\/certificate\/pfx\.ts$/ },
        ({ path }) => packedModule(path, "readPfx"),
      ),
  }, { name: "needless", setup: withoutNeedless }],
  // So that each character is a byte, and the launcher has nothing to decode; comments do not count.
  charset: "ascii",
  // Before anything is loaded: without a listener Node opens its debugger at this signal.
  banner: { js: '"use strict";process.on("SIGUSR1",()=>{});' },
  // Names stay, for the stack trace of a bug.
  minifyWhitespace: true,
  minifySyntax: true,
});
const inputs = [...Object.keys(metafile.inputs), ...packed];
const contents = Buffer.concat([
  program.contents,
  Buffer.from(`/*!\n${notices(inputs).replaceAll("*/", "* /")}*/\n`),
]);
const fingerprint = createHash("sha256").update(contents).digest("hex").slice(0, 16);

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, "graphtap.cjs"), contents, { mode: 0o755 });
writeFileSync(join(folder, "main.js"), launcher(fingerprint, contents.length), { mode: 0o755 });
writeFileSync(join(folder, "package.json"), '{ "type": "commonjs" }\n');

/**
 * A module that exports `name`, and all that only it needs, as one text that is unpacked when it is loaded. V8 reads every function of a
 * program at its start, and what few configurations use would cost all others a twentieth of it.
 */
async function packedModule(path, name) {
  const { outputFiles: [module], metafile } = await build({
    ...toOneFile,
    entryPoints: [path],
    plugins: [{ name: "unread", setup: withoutUnread }],
    minify: true,
  });
  packed.push(...Object.keys(metafile.inputs));
  const text = deflateRawSync(module.contents, { level: 9 }).toString("base64");
  return {
    loader: "js",
    contents: `const code = require("node:zlib").inflateRawSync(Buffer.from("${text}", "base64")).toString();
const unpacked = { exports: {} };
new Function("require", "module", code)(require, unpacked);
export const ${name} = unpacked.exports.${name};`,
  };
}

/** Of node-forge nothing reads a key or a certificate, or makes anything (`pfxContents.ts`). */
function withoutUnread(build) {
  build.onLoad(
    { filter: /\/node-forge\/lib\/(rsa|x509|random|pem)\.js$/ },
    ({ path }) => ({ contents: path.endsWith("rsa.js") ? 'require("./forge").jsbn = {};' : "" }),
  );
}

/**
 * undici loads Node's HTTP/2, which no connection here offers, and Node's HTTP for the class of a body that nothing here sends
 * and for the longest headers where nothing is said of them. On Deno loading both is a twentieth of a short pull.
 */
function withoutNeedless(build) {
  const namespace = "needless";
  build.onResolve(
    { filter: /^node:http2?$/ },
    ({ path, importer }) => /\/undici\/lib\//.test(importer) ? { path, namespace } : undefined,
  );
  build.onLoad({ filter: /./, namespace }, ({ path }) => ({
    contents: path === "node:http2"
      ? "exports.constants = {};"
      : "exports.IncomingMessage = class {};exports.maxHeaderSize = 16 * 1024;",
  }));
}

/**
 * Compiling is a quarter of what a short pull costs, so the first pull that makes a request leaves behind what V8
 * compiled. It is trusted as much as the program: it must have the same owner and be nobody else's to write. V8
 * itself refuses what another version made, but runs what was damaged since, and dies of it at every start: hence
 * the checksum, of four bytes, at its end.
 */
function launcher(fingerprint, length) {
  return `#!/usr/bin/env node
"use strict";
process.on("SIGUSR1", () => {});
const fs = require("node:fs");
const path = require("node:path");
const vm = require("node:vm");
const { crc32 } = require("node:zlib");

const program = path.join(__dirname, "graphtap.cjs");
const kept = path.join(__dirname, \`graphtap-${fingerprint}-\${process.versions.v8}-\${process.arch}.cache\`);
const source = fs.readFileSync(program, "latin1");
const owner = fs.statSync(program).uid;
const cachedData = source.length === ${length} ? read() : undefined;
const script = new vm.Script(
  \`(function (exports, require, module, importForScript) {\${source.slice(source.indexOf("\\n"))}\\n})\`,
  { filename: program, cachedData },
);
// Deno tells of code that it was not given, too, that V8 did not reject it.
const isTaken = cachedData !== undefined && script.cachedDataRejected === false;
if (process.argv[2] === "pull" && !isTaken && mayKeep() && process.getuid?.() === owner) {
  let connected = false;
  require("node:diagnostics_channel").subscribe("undici:client:connected", () => connected = true);
  process.on("exit", (code) => code === 0 && connected && keep());
}
script.runInThisContext()(exports, require, module, (url) => import(url));

function read() {
  let fd;
  try {
    fd = fs.openSync(kept, "r");
    const { uid, mode } = fs.fstatSync(fd);
    if (uid !== owner || (mode & 0o022) !== 0) return undefined;
    const bytes = fs.readFileSync(fd);
    const data = bytes.subarray(0, -4);
    return bytes.readUInt32LE(data.length) === crc32(data) ? data : undefined;
  } catch {
    return undefined;
  } finally {
    if (fd !== undefined) fs.closeSync(fd);
  }
}

/** Deno asks whoever sits at the terminal for what it was not given. */
function mayKeep() {
  const wanted = [{ name: "sys", kind: "uid" }, { name: "write", path: __dirname }];
  return globalThis.Deno === undefined ||
    wanted.every((one) => globalThis.Deno.permissions.querySync(one).state === "granted");
}

function keep() {
  const unfinished = \`\${kept}.\${process.pid}\`;
  try {
    // V8 takes compiled code under the flags it was made with only; this one the program sets, to keep its memory small.
    require("node:v8").setFlagsFromString("--semi-space-growth-factor=2");
    const data = script.createCachedData();
    const checksum = Buffer.alloc(4);
    checksum.writeUInt32LE(crc32(data));
    fs.writeFileSync(unfinished, Buffer.concat([data, checksum]), { flag: "wx", mode: 0o644 });
    fs.renameSync(unfinished, kept);
  } catch {
    // A folder that cannot be written costs time, and nothing else.
    fs.rmSync(unfinished, { force: true });
  }
}
`;
}
