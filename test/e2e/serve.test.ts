/** `graphtap serve`: pulls whose positions follow what was taken, confirmed ones above all; and quiet ends. */
import { once } from "node:events";
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { addSeconds } from "../../src/instant.ts";
import { eventLines, EXACT, tally } from "../support/eventLines.ts";
import { lastWord } from "../support/lastWord.ts";
import { HANG_MS, run, start } from "../support/program.ts";
import { type Answer, ask, open, serve } from "../support/serving.ts";
import { contoso, openSite } from "../support/site.ts";
import { openReceiver } from "../unit/sink/receiver.ts";

const TOKEN = "a-token-of-length-24-abc";

async function filledSite(count: number) {
  const site = await openSite();
  site.emulator.produce("directoryAudits", count, {
    from: addSeconds(site.start, 60),
    to: addSeconds(site.start, 3000),
  });
  const config = site.write([contoso("directory_audits")]);
  return { site, config, held: () => site.records("directory_audits") };
}

const recordsOf = (...answers: Answer[]) =>
  answers.flatMap(({ body }) => eventLines(body)).map((line) => line.record);
const batchOf = (answer: Answer) => String(answer.headers["graphtap-batch"]);

describe("a pull over HTTP", () => {
  it("gives every record once, untouched, and remembers it over a restart", async () => {
    const { config, held } = await filledSite(300);
    const first = await serve(["--no-poll", "-c", config]);
    const answer = await ask(`${first.url}/v1/pull?service=directory_audits&input=contoso`);
    expect([answer.status, answer.whole]).toEqual([200, true]);
    expect(tally(held(), recordsOf(answer))).toEqual(EXACT);
    first.kill("SIGTERM");
    expect(await first.ended).toMatchObject({ code: 0, stdout: { length: 0 } });
    const second = await serve(["--no-poll", "-c", config]);
    expect(await ask(`${second.url}/v1/pull`)).toMatchObject({
      status: 200,
      whole: true,
      body: { length: 0 },
    });
  });

  it("comes again after kill -9 between pull and confirm, and not after the confirm", async () => {
    const { config, held } = await filledSite(300);
    const first = await serve(["--no-poll", "-c", config]);
    const lost = await ask(`${first.url}/v1/pull?confirm=1`);
    expect(tally(held(), recordsOf(lost))).toEqual(EXACT);
    first.kill("SIGKILL");
    await first.exited;

    const second = await serve(["--no-poll", "-c", config]);
    const kept = await ask(`${second.url}/v1/pull?confirm=1`);
    expect(tally(held(), recordsOf(kept))).toEqual(EXACT);
    expect((await ask(`${second.url}/v1/confirm/${batchOf(lost)}`, { method: "POST" })).status).toBe(404);
    const confirmed = await ask(`${second.url}/v1/confirm/${batchOf(kept)}`, { method: "POST" });
    expect([confirmed.status, JSON.parse(confirmed.body.toString())]).toEqual([
      200,
      { batch: batchOf(kept), records: 300, complete: true },
    ]);
    second.kill("SIGKILL");
    await second.exited;

    const third = await serve(["--no-poll", "-c", config]);
    expect((await ask(`${third.url}/v1/pull?confirm=1`)).body).toHaveLength(0);
  });

  it.each(["", "&confirm=1"])(
    "loses nothing when the client leaves in the middle (%s)",
    async (confirm) => {
      // More than the sockets between the two can hold, so that it is the middle.
      const { config, held } = await filledSite(6000);
      const serving = await serve(["--no-poll", "-c", config]);
      const response = await open(`${serving.url}/v1/pull?limit=100000${confirm}`);
      await once(response, "data");
      response.pause();
      await new Promise((resolve) => setTimeout(resolve, 300));
      response.destroy();
      await serving.until(() => serving.stderr.includes("pull ended early"), "the pull ended");

      const again = await ask(`${serving.url}/v1/pull?limit=100000${confirm}`);
      expect(again.status).toBe(200);
      expect(tally(held(), recordsOf(again))).toEqual(EXACT);
    },
  );

  it("is refused before anything is sent when Graph refuses", async () => {
    const { site, config } = await filledSite(1);
    site.emulator.faults.add({
      match: { collection: "token", times: "always" },
      do: { kind: "tokenError", aadsts: 7000215 },
    });
    const serving = await serve(["--no-poll", "-c", config]);
    const answer = await ask(`${serving.url}/v1/pull`);
    expect([answer.status, answer.headers["content-type"]]).toEqual([502, "application/problem+json"]);
    expect(JSON.parse(answer.body.toString())).toMatchObject({ code: "token-refused" });
    // The process can work; that this input cannot is told, and by whom it matters to asked for.
    const ready = await ask(`${serving.url}/readyz`);
    expect([ready.status, JSON.parse(ready.body.toString())]).toMatchObject([200, {
      degraded: expect.arrayContaining([
        expect.objectContaining({ service: "directory_audits", code: "token-refused" }),
      ]),
    }]);
    expect((await ask(`${serving.url}/readyz?all=1`)).status).toBe(503);
    expect((await ask(`${serving.url}/healthz`)).status).toBe(200);
  });
});

describe("a server that polls", () => {
  it("writes to standard output as run does, shows it to listeners, and is ready", async () => {
    const { config, held } = await filledSite(50);
    const serving = await serve(["-c", config]);
    await serving.until(() => serving.lines === 50, "the records of the first poll");
    expect(tally(held(), eventLines(serving.stdout).map(({ record }) => record))).toEqual(EXACT);
    await serving.until(() => serving.stderr.includes('"pull done"'), "the end of the first poll");
    expect((await ask(`${serving.url}/readyz`)).status).toBe(200);
    expect((await ask(`${serving.url}/metrics`)).body.toString()).toContain(
      'graphtap_records_sent_total{input="contoso",service="directory_audits"} 50\n',
    );
    expect((await ask(serving.url)).body.toString()).toContain("<bdi>directory_audits</bdi>");
    // What was polled is not pulled.
    expect((await ask(`${serving.url}/v1/pull`)).body).toHaveLength(0);
  });

  it("ends by SIGTERM, whoever still listens or reads nothing", async () => {
    const { config } = await filledSite(6000);
    const serving = await serve(["--no-poll", "-c", config]);
    await open(`${serving.url}/v1/events`);
    await open(`${serving.url}/v1/pull?limit=100000`);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const since = Date.now();
    serving.kill("SIGTERM");
    const { code, stderr } = await serving.ended;
    expect(code, stderr).toBe(0);
    expect(lastWord(stderr).said).toBe("ended: stopped by SIGTERM");
    expect(Date.now() - since).toBeLessThan(HANG_MS);
  });
});

describe("on this machine, without a token given", () => {
  it("records need one that the state folder has; health, figures and the page do not", async () => {
    const { site, config } = await filledSite(3);
    const serving = await serve(["--no-poll", "-c", config]);
    const file = join(site.state, "serve.token");
    const token = readFileSync(file, "utf8").trim();
    expect([token.length, statSync(file).mode & 0o777]).toEqual([43, 0o600]);
    expect(serving.stderr).toContain(`"token_file":"${file}"`);
    expect(serving.stderr).not.toContain(token);
    for (const path of ["/v1/pull", "/v1/events", "/v1/confirm/x", "/%761/pull", "/nothing"]) {
      expect((await fetch(serving.url + path)).status, path).toBe(401);
    }
    for (const path of ["/", "/healthz", "/metrics", "/v1/status"]) {
      expect((await fetch(serving.url + path)).status, path).toBe(200);
    }
    const ready = await fetch(`${serving.url}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([200, {
      ready: true,
      missing: [],
      degraded: [],
      gaps: [],
      lost: [],
    }]);
    const headers = { authorization: `Bearer ${token}` };
    expect(eventLines((await ask(`${serving.url}/v1/pull`, { headers })).body)).toHaveLength(3);
  });

  it("a socket in the file system needs none, and is its owner's alone", async () => {
    const { site, config } = await filledSite(3);
    const path = join(site.folder, "tap.sock");
    const serving = await serve(["--no-poll", "-c", config, "--listen", `unix:${path}`]);
    expect([serving.url, statSync(path).mode & 0o777]).toEqual([`unix:${path}`, 0o600]);
    const body = await new Promise<string>((resolve, reject) => {
      request({ socketPath: path, path: "/v1/pull", headers: { host: "tap.internal" } }, (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk: string) => text += chunk).on(
          "end",
          () => resolve(text),
        );
      }).on("error", reject).end();
    });
    expect(body.trim().split("\n")).toHaveLength(3);
    serving.kill("SIGTERM");
    expect((await serving.ended).code).toBe(0);
    expect(existsSync(path)).toBe(false);
  });
});

it("tells of lines that the receiver refused, until the file with them is gone", async () => {
  const { site, config } = await filledSite(3);
  const receiver = await openReceiver(() => 400);
  const serving = await serve(["-c", config, "--to", receiver.url]);
  await serving.until(() => serving.stderr.includes('"pull done"'), "the first poll");
  const status = async () => JSON.parse((await ask(`${serving.url}/v1/status`)).body.toString());
  const path = join(site.state, "dead-letter.ndjson");
  expect(await status()).toMatchObject({
    verdict: "late",
    summary: expect.stringMatching(
      /^Lines that the receiver refused wait for you\. The only stream is healthy, /,
    ),
    dead_letters: { path, bytes: readFileSync(path).length },
  });
  rmSync(path);
  expect(await status()).toMatchObject({ verdict: "healthy", dead_letters: null });
});

describe("beyond this machine", () => {
  it("a server without a token does not start", async () => {
    const { config } = await filledSite(0);
    for (const address of ["0.0.0.0:0", "[::]:0"]) {
      const { code, stderr } = await run(["serve", "-c", config, "--listen", address]);
      expect([code, stderr]).toEqual([2, expect.stringMatching(/^graphtap: usage: .*--token-file.*\n$/)]);
    }
  });

  it.each([["a file", true], ["the environment", false]])(
    "a token from %s is asked for",
    async (_, byFile) => {
      const { site, config } = await filledSite(3);
      const file = join(site.folder, "token");
      writeFileSync(file, `${TOKEN}\n`);
      const serving = await serve(
        ["--no-poll", "-c", config, "--listen", "0.0.0.0:0", ...(byFile ? ["--token-file", file] : [])],
        { env: byFile ? {} : { GRAPHTAP_TOKEN: TOKEN } },
      );
      expect((await ask(`${serving.url}/v1/pull`)).status).toBe(401);
      expect((await ask(`${serving.url}/healthz`)).status).toBe(200);
      const headers = { authorization: `Bearer ${TOKEN}` };
      expect(eventLines((await ask(`${serving.url}/v1/pull`, { headers })).body)).toHaveLength(3);
      expect(serving.stderr).not.toContain(TOKEN);
    },
  );

  it.each([
    ["short", "at least 16"],
    ["a token with spaces in it", "without spaces"],
  ])('"%s" is no token', async (token, words) => {
    const { config } = await filledSite(0);
    const { code, stderr } = await run(["serve", "-c", config], { env: { GRAPHTAP_TOKEN: token } });
    expect([code, stderr]).toEqual([2, expect.stringContaining(words)]);
    expect(stderr).not.toContain(token);
  });
});

describe("what cannot be listened on", () => {
  it("may be free later, and leaves the state to the next process", async () => {
    const { config } = await filledSite(0);
    const serving = await serve(["--no-poll", "-c", config]);
    const other = await filledSite(0);
    const { host } = new URL(serving.url);
    const { code, stderr } = await run(["serve", "-c", other.config, "--listen", host]);
    expect([code, stderr]).toEqual([75, expect.stringContaining("Cannot listen on 127.0.0.1 port")]);
    expect(lastWord(stderr)).toMatchObject({ code: "address-unavailable", exit_code: 75 });
    expect((await run(["pull", "-c", other.config])).code).toBe(0);
    expect((await start(["serve", "-c", config, "--listen", "nowhere"]).ended).code).toBe(2);
  });
});
