import { expect, it } from "vitest";
import { GraphtapError } from "../../../../src/errors.ts";
import { clientSecret } from "../../../../src/graph/auth/clientSecret.ts";

const REQUEST = { endpoint: "https://login.example/token", clientId: "app", nowMs: 0 };

it("a client secret is read anew for each request, so that a rotated one is taken up", () => {
  const secrets = ["old", "new"];
  const authenticate = clientSecret(() => secrets.shift()!);
  expect(authenticate(REQUEST)).toEqual({ parameters: { client_secret: "old" }, configKey: "client_secret" });
  expect(authenticate(REQUEST)).toMatchObject({ parameters: { client_secret: "new" } });
});

it("a client secret that cannot be read says so", () => {
  const failure = new GraphtapError("secret-unreadable", "Cannot read it");
  const authenticate = clientSecret(() => {
    throw failure;
  });
  expect(() => authenticate(REQUEST)).toThrow(failure);
});
