import { describe, expect, it } from "vitest";
import { codesOf, GraphtapError } from "../../../src/errors.ts";
import { ecsMembers } from "../../../src/telemetry/ecs.ts";
import type { LogFields, LogLevel } from "../../../src/telemetry/logEntry.ts";

const time = "2026-11-22T16:00:00.000Z";
const members = (message: string, fields: LogFields, level: LogLevel = "info") =>
  ecsMembers({ time, level, message, fields });

describe("a line in the names of the Elastic Common Schema", () => {
  it("begins as Elastic's loggers begin theirs", () => {
    expect(Object.entries(members("started", {}))).toEqual([
      ["@timestamp", time],
      ["log.level", "info"],
      ["message", "started"],
      ["ecs.version", "9.4.0"],
      ["service.name", "graphtap"],
      ["event.dataset", "graphtap.log"],
    ]);
  });

  it("tells a request to Graph by the schema's fields, the duration in nanoseconds", () => {
    const fields = {
      input: "contoso",
      url: "https://graph.microsoft.com/v1.0/security/alerts_v2",
      status: 200,
      ms: 12.5,
      request_id: "66ea",
      client_request_id: "b81d",
    };
    expect(members("request", fields, "debug")).toMatchObject({
      "log.level": "debug",
      "labels.input": "contoso",
      "url.full": "https://graph.microsoft.com/v1.0/security/alerts_v2",
      "http.response.status_code": 200,
      "event.duration": 12_500_000,
      "http.request.id": "66ea",
      "labels.client_request_id": "b81d",
    });
  });

  it("tells a failure with its code, the old collector's name and Graph's id of the request", () => {
    const error = new GraphtapError("graph-throttled", "Graph answered 429", { requestId: "66ea" });
    expect(members(error.message, { ...codesOf(error), service: "signIns" }, "warn")).toMatchObject({
      "log.level": "warn",
      "event.outcome": "failure",
      "error.code": "graph-throttled",
      "error.type": "ApiError 429",
      "error.message": "Graph answered 429",
      "http.request.id": "66ea",
      "labels.service": "signIns",
    });
  });

  it("keeps what the schema does not know below a name of its own, and leaves out what is absent", () => {
    const found = members("pull done", { sent: 3, late: undefined, newest: null });
    expect(found).toMatchObject({ "graphtap.sent": 3 });
    expect(Object.keys(found).filter((name) => name.startsWith("graphtap."))).toEqual(["graphtap.sent"]);
    expect(found).not.toHaveProperty("event.outcome");
  });
});
