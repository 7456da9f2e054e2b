import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type Option, parseOptions } from "../../../../src/cli/options.ts";
import type { Runtime } from "../../../../src/wiring/runtime.ts";
import { run } from "../../../../src/cli/commands/state.ts";
import { emptyPosition, type Position } from "../../../../src/state/position.ts";
import { parseInstant } from "../../../../src/instant.ts";
import { small } from "../../config/example.ts";
import { openState } from "../../../../src/state/state.ts";

const OPTIONS: readonly Option[] = [
  { name: "state", value: "DIR", help: "folder" },
  { name: "config", value: "FILE", help: "configuration" },
  { name: "json", help: "as JSON" },
];
const ADDRESS = { inputId: "10001", service: "signIns" };
const locker = () => ({ status: "locked" as const, release() {} });
const at = (text: string) => parseInstant(text)!;
let folder: string;
beforeEach(() => folder = mkdtempSync(join(tmpdir(), "graphtap-state-")));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function save(position: Partial<Position>): void {
  const state = openState(folder, { locker, pid: 1, now: Date.now, report: () => {} });
  state.stream(ADDRESS).commitInFile({ ...emptyPosition(), ...position });
  state.close();
}

async function shown(...words: string[]): Promise<string> {
  let text = "";
  const runtime = {
    locker,
    pid: 1,
    env: {},
    writeStdout: (bytes: Uint8Array) => Promise.resolve(void (text += new TextDecoder().decode(bytes))),
    writeStderr: () => {},
  } as never as Runtime;
  await run(parseOptions("state", OPTIONS, ["show", "--state", folder, ...words], {}), runtime);
  return text;
}

it.each([
  ["not read yet", {}],
  ["no data yet", { lastSuccessMs: 1 }],
  ["ok", { lastSuccessMs: 1, records: 1 }],
  // Nothing to see and not allowed to look are different things, also where there was something before.
  ["graph-forbidden", { lastError: "graph-forbidden" }],
  ["graph-unlicensed", { lastError: "graph-unlicensed", lastSuccessMs: 1, records: 1 }],
])("graphtap state show: %s", async (status, position) => {
  save(position);
  expect(JSON.parse(await shown("--json"))).toMatchObject([{ status }]);
  expect(await shown()).toContain(` ${status} `);
});

it("graphtap state show tells what is unread, until when it will be, and how far re-reads have come", async () => {
  save({
    watermark: at("2026-11-22T16:00:00Z"),
    backfill: [{ from: at("2026-11-01T00:00:00Z"), to: at("2026-11-22T15:00:00Z") }],
    backfillEndsMs: Date.UTC(2026, 10, 22, 19, 30),
    rereads: [{ readTo: at("2026-11-22T15:45:00Z"), idle: 0 }, {
      readTo: at("2026-11-21T12:00:00Z"),
      idle: 0,
    }],
  });
  expect(JSON.parse(await shown("--json"))).toMatchObject([{
    oldest_unread: "2026-11-01T00:00:00Z",
    backfill_ends: "2026-11-22T19:30:00.000Z",
    reread_to: "2026-11-21T12:00:00Z",
  }]);
  expect(await shown()).toMatch(
    /\n {2}unread from 2026-11-01T00:00:00Z on, read by about 2026-11-22T19:30:00Z\n {2}re-read to 2026-11-21T12:00:00Z\n/,
  );
});

it("graphtap state show calls inputs as the log does, and fits a terminal", async () => {
  const longest = { inputId: "10001", service: "secure_score_control_profiles" };
  const state = openState(folder, { locker, pid: 1, now: Date.now, report: () => {} });
  state.stream(longest).commitInFile({
    ...emptyPosition(),
    watermark: at("2026-11-22T16:00:00.1234567Z"),
    newest: { time: at("2026-11-22T15:59:59.1234567Z"), ids: [] },
    backfill: [{ from: at("2026-11-01T00:00:00.1234567Z"), to: at("2026-11-22T15:00:00Z") }],
    backfillEndsMs: Date.UTC(2026, 10, 22, 19, 30),
    rereads: [{ readTo: at("2026-11-21T12:00:00.1234567Z"), idle: 0 }],
    records: 12_345_678,
    lastSuccessMs: Date.UTC(2026, 10, 22, 19, 30, 1, 234),
    lastError: "graph-unauthorized",
  });
  state.close();
  const config = join(folder, "config.yaml");
  writeFileSync(config, small().replace("  a:", "  a_rather_long_name_of_an_input:"));
  const table = await shown("--config", config);
  expect(table).toMatch(/^a_rather_long_name_of_an_input \(id 10001\)\nSERVICE +STATUS/);
  expect(Math.max(...table.split("\n").map((line) => line.length))).toBeLessThanOrEqual(120);
  expect(JSON.parse(await shown("--config", config, "--json"))).toMatchObject([
    { input: "a_rather_long_name_of_an_input", input_id: "10001" },
  ]);
});
