import { expect, it } from "vitest";
import { parseConfig } from "../../../src/config/load.ts";
import type { Runtime } from "../../../src/wiring/runtime.ts";
import type { SinkOptions } from "../../../src/wiring/sink.ts";
import { openTap } from "../../../src/wiring/tap.ts";
import { version } from "../../../src/wiring/version.ts";
import { tempFolder } from "../../support/tempFolder.ts";
import { options, registry, small } from "../config/example.ts";

/** What the log says when a tap over two of three services starts, without its time. */
async function said(sink: SinkOptions, folder: string): Promise<string[]> {
  const lines: string[] = [];
  const runtime: Partial<Runtime> = {
    env: {},
    writeStderr: (text) => lines.push(text),
    writeStdout: () => Promise.resolve(),
    stdoutName: () => "12:34",
    stdoutPlace: () => null,
    onStopSignal: () => () => {},
    locker: () => ({ status: "locked", release() {} }),
    pid: 1,
  };
  const services = ["signIns:", "alerts_v2:", "directory_audits:"];
  const config = parseConfig(small({ services }), options()).config!;
  const tap = openTap(
    {
      sink,
      selection: { inputs: [], services: ["signIns", "alerts_v2"] },
      stateDir: folder,
      format: "json",
      hostname: "host",
      log: { format: "text", level: "info" },
      exitWithParent: false,
      wait: false,
    },
    runtime as Runtime,
    { config, registry, home: folder, stateDir: "/elsewhere" },
  );
  await tap.close();
  return lines.map((line) => line.replace(/^\S+ /, "").trim());
}

const started = (folder: string, sink: string) =>
  `info  started version=${version} config=config/config.yaml state=${folder} sink=${sink} streams=2 read_as="a: 2.x, by signIns"`;

it("says once what starts: version, configuration, state folder, sink and streams", async () => {
  const folder = tempFolder();
  expect(await said({ kind: "stdout" }, folder)).toEqual([started(folder, "stdout")]);
  const path = `${folder}/events.ndjson`;
  const bounds = { rotateBytes: 1000, rotateSeconds: 60, maxSpoolBytes: null, keepSeconds: null, access: {} };
  expect(await said({ kind: "file", path, ...bounds }, folder)).toEqual([started(folder, `file:${path}`)]);
});

it("shows of a receiver's address only what holds no secret", async () => {
  const folder = tempFolder();
  const http = { kind: "http", authorization: "Bearer s3cr3t", body: "lines", gzip: false } as const;
  const url = "https://receiver.example:8443/token!s3cr3t/?key=s3cr3t";
  expect(await said({ ...http, url, deadLetter: null }, folder)).toEqual([
    started(folder, "https://receiver.example:8443"),
  ]);
});
