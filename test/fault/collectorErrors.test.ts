/** Every row of the old collector's troubleshooting tables, in the situation that it describes. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { errorsPage, livingRows, retiredRows } from "../../src/config/collectorErrors.ts";
import { loadConfig } from "../../src/config/load.ts";
import { asGraphtapError, errorKinds, errorLine } from "../../src/errors.ts";
import { createHttp } from "../../src/graph/http.ts";
import type { Transport } from "../../src/graph/transport.ts";
import { addSeconds, fromMillis } from "../../src/instant.ts";
import { poll } from "../../src/tap/poll.ts";
import { projectFolder } from "../support/project.ts";
import { openRig } from "../support/rig.ts";
import { options, small } from "../unit/config/example.ts";

const without = (key: string) => small().split("\n").filter((line) => !line.includes(`${key}:`)).join("\n");
const instead = (key: string, value: string) =>
  small().replace(new RegExp(`^( *${key}:).*`, "m"), `$1 ${value}`);

/** What an operator reads when the file is wrong. */
function told(text: string): string {
  try {
    loadConfig(text, options());
    return "nothing";
  } catch (error) {
    return errorLine(asGraphtapError(error));
  }
}

/** The same for a poll whose requests by a method meet something: to Graph, or to the login service. */
async function met(answer: Transport, method = "GET"): Promise<string> {
  const rig = openRig({
    between: (request, pass) => request.method === method ? answer(request) : pass(request),
  });
  try {
    const instant = addSeconds(fromMillis(rig.clock.now()), -600);
    const stream = rig.stream("signIns", { startTime: { text: "start", instant } });
    const { error } = await poll(stream, rig.engine, new AbortController().signal);
    return [...(error === null ? [] : [errorLine(error)]), ...rig.log].join("\n");
  } finally {
    rig.close();
  }
}

const polled = (status: number, body: object = {}, method = "GET") =>
  met(() =>
    Promise.resolve({
      status,
      header: (name) => name === "content-type" ? "application/json" : null,
      body: (async function* () {
        yield new TextEncoder().encode(JSON.stringify(body));
      })(),
    }), method);

/** Nobody listens at that port. */
async function unreachable(): Promise<string> {
  const { transport, close } = createHttp();
  try {
    return await met((request) => transport({ ...request, url: "http://127.0.0.1:1/" }));
  } finally {
    await close();
  }
}

const refused = (code: string) => ({ error: { code, message: "no" } });

/** The situation of each row that can still happen. */
const SITUATIONS: Readonly<Record<string, () => string | Promise<string>>> = {
  "start_time_in_utc is no time": () => told(small({ services: ["signIns: {start_time_in_utc: soon}"] })),
  "start_time_in_utc is not in the past": () =>
    told(small({ services: ["signIns: {start_time_in_utc: 2030-01-01}"] })),
  "the login service gives no token": () =>
    polled(
      401,
      { error: "invalid_client", error_description: "AADSTS7000215: Invalid client secret" },
      "POST",
    ),
  "the login service cannot answer": () => polled(503, {}, "POST"),
  "a permission is missing": () => polled(403, refused("Authorization_RequestDenied")),
  "the tenant has no licence for a service": () =>
    polled(403, refused("Authentication_RequestFromNonPremiumTenantOrB2CTenant")),
  "Graph answers 401, with a new token too": () => polled(401, refused("InvalidAuthenticationToken")),
  "Graph answers 429": () => polled(429, refused("TooManyRequests")),
  "Graph answers 500 or another 5xx": () => polled(500, refused("InternalServerError")),
  "Graph answers 504": () => polled(504, refused("GatewayTimeout")),
  "Graph answers 400 or another 4xx that has no row of its own": () => polled(400, refused("BadRequest")),
  "no connection to Graph, or it breaks": unreachable,
  "there are no inputs": () => told("globals: {id: 1}\n"),
  "an input is empty": () => `${told("inputs: {a: {}}\n")}\n${told("inputs:\n  a:\n")}`,
  "an input is no block": () => told("inputs: {a: 5}\n"),
  "credentials are missing": () =>
    told(without("tenant_id|client_id").replace(/ {4}credentials:\n( {6}.*\n)*/, "")),
  "credentials are no block": () =>
    told(small().replace(/ {4}credentials:\n( {6}.*\n)*/, "    credentials: text\n")),
  "tenant_id is missing": () => told(without("tenant_id")),
  "tenant_id is no text": () => told(instead("tenant_id", "5")),
  "client_id is missing": () => told(without("client_id")),
  "client_id is no text": () => told(instead("client_id", "[x]")),
  "client_secret is missing": () => told(without("client_secret")),
  "client_secret is no text": () => told(instead("client_secret", "12345")),
  "an input names no service": () => told(small({ services: [] })),
  "a service is no block": () => told(small({ services: ["signIns: often"] })),
  "tag is no text": () => told(small({ services: ["audit: {tag: 5}"] })),
  "start_time is no text": () => told(small({ services: ["audit: {start_time: 20261001}"] })),
  "start_time is no time": () => told(small({ services: ["audit: {start_time: soon}"] })),
  "tag_version is neither v1 nor v2": () => told(small({ services: ["alerts: {tag_version: v3}"] })),
};

describe("the old collector's errors", () => {
  it.each(livingRows.map((row) => [row.type, row.id, row.situation, row.code] as const))(
    "%s %i: %s",
    async (type, id, situation, code) => {
      const line = await SITUATIONS[situation]!();
      expect(line).toMatch(new RegExp(`(^|\\bcode=| )${code}\\b`, "m"));
      expect(line).toContain(`${type} ${id}`);
      expect(line.search(new RegExp(`\\b${code}\\b`))).toBeLessThan(line.indexOf(`${type} ${id}`));
    },
  );

  it("are named at the first try, and not only by a poll that failed", async () => {
    const [first = ""] = (await polled(429, refused("TooManyRequests"))).split("\n").filter((line) =>
      line.includes("attempt=1")
    );
    expect(first).toContain('code=graph-throttled collector="ApiError 429"');
  });

  it("have a situation for every row, and no other", () => {
    expect(Object.keys(SITUATIONS)).toEqual(livingRows.map(({ situation }) => situation));
  });

  it("are all there: the codes' own, and every id of the tables", () => {
    const named = new Set(livingRows.map(({ type, id }) => `${type} ${id}`));
    for (const { collector } of Object.values(errorKinds)) {
      if (collector !== undefined) expect(named).toContain(collector.join(" "));
    }
    const known = (type: string, id: number) =>
      named.has(`${type} ${id}`) ||
      retiredRows.some((row) => row.type === type && row.ids[0] <= id && id <= row.ids[1]);
    const tables: Readonly<Record<string, number>> = {
      ModuleDefinitionError: 32,
      MicrosoftGraphPullerCreationException: 38,
      InputConfigurationError: 10,
      ServiceConfigurationError: 2,
      MicrosoftGraphPullerCredentialsException: 2,
    };
    for (const [type, last] of Object.entries(tables)) {
      for (let id = 1; id <= last; id++) expect(known(type, id), `${type} ${id}`).toBe(true);
    }
  });

  it("say of tag_version v2 where there is no choice that it is without effect", () => {
    const { warnings } = loadConfig(small({ services: ["audit: {tag_version: v2}"] }), options());
    expect(warnings.map(({ collector }) => collector?.join(" "))).toContain(
      "MicrosoftGraphPullerCreationException 38",
    );
  });

  it("stand on their page as in the table", () => {
    expect(readFileSync(join(projectFolder, "src/config/ERRORS.md"), "utf8")).toBe(errorsPage());
  });
});
