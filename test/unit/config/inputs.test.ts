import { describe, expect, it } from "vitest";
import { problemsOf, read, small } from "./example.ts";

describe("an input", () => {
  it("accepts override_scope and request_per_second", () => {
    const { inputs: [input] } = read(
      small({ input: ["override_scope: x/.default", "request_per_second: 5"] }),
    );
    expect([input!.scope, input!.requestsPerSecond]).toEqual(["x/.default", 5]);
  });

  it("accepts plain http to this host, and to others when asked", () => {
    const input = ["override_base_url: http://127.0.0.1:8080/graph/", "override_login_url: http://[::1]:1"];
    expect(read(small({ input })).inputs[0]).toMatchObject({
      baseUrl: "http://127.0.0.1:8080/graph",
      loginUrl: "http://[::1]:1",
    });
    const globals = ["allow_insecure_urls: true"];
    expect(problemsOf(small({ globals, input: ["override_base_url: http://graph.test"] }))).toEqual([]);
  });
});
