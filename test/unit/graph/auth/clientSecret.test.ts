import { expect, it } from "vitest";
import { GraphtapError } from "../../../../src/errors.ts";
import { clientSecret } from "../../../../src/graph/auth/clientSecret.ts";
import { tempFolder } from "../../../support/tempFolder.ts";

const REQUEST = { audience: "https://login.example/token", clientId: "app", nowMs: 0 };

it("a client secret is read anew for each request, so that a rotated one is taken up", async () => {
  const secrets = ["old", "new"];
  const authenticate = clientSecret({ reveal: () => secrets.shift()! });
  expect(await authenticate(REQUEST)).toEqual({
    parameters: { client_secret: "old" },
    configKey: "client_secret",
    madeOf: "old",
  });
  expect(await authenticate(REQUEST)).toMatchObject({ parameters: { client_secret: "new" } });
});

it("a client secret that cannot be read says so", async () => {
  const failure = new GraphtapError("secret-unreadable", "Cannot read it");
  const authenticate = clientSecret({
    reveal() {
      throw failure;
    },
  });
  await expect(authenticate(REQUEST)).rejects.toThrow(failure);
});

it("a client secret may come from a command, run anew for each request", async () => {
  const folder = tempFolder();
  const authenticate = clientSecret({
    command: ["sh", "-c", `echo x >> '${folder}/n'; wc -l < '${folder}/n'`],
  });
  const secret = async () => (await authenticate(REQUEST)).parameters["client_secret"]?.trim();
  expect([await secret(), await secret()]).toEqual(["1", "2"]);
});
