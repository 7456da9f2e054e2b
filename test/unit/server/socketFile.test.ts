import { readdirSync, renameSync, statSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:http";
import { join } from "node:path";
import { Hono } from "hono";
import { describe, expect, it, onTestFinished } from "vitest";
import { type AppBindings, listen } from "../../../src/server/listen.ts";
import { tempFolder } from "../../support/tempFolder.ts";

function app() {
  const made = new Hono<AppBindings>();
  made.get("/", (c) => c.text("here"));
  return made;
}

async function listening(path: string) {
  const one = await listen(app(), { path }, 30);
  onTestFinished(() => one.close());
  return one;
}

function asked(socketPath: string): Promise<string> {
  return new Promise((resolve, reject) => {
    request({ socketPath, path: "/" }, (response) => {
      response.setEncoding("utf8").on("data", resolve);
    }).on("error", reject).end();
  });
}

describe("a server on a socket of the file system", () => {
  it("answers there, to its owner alone, and is gone after the end", async () => {
    const folder = tempFolder();
    const path = join(folder, "graphtap.sock");
    const server = await listening(path);
    expect([server.url, statSync(path).mode & 0o777, readdirSync(folder)]).toEqual([
      `unix:${path}`,
      0o600,
      ["graphtap.sock"],
    ]);
    expect(await asked(path)).toBe("here");
    await server.close();
    expect(readdirSync(folder)).toEqual([]);
  });

  it("takes the place of a socket that nobody listens on any more", async () => {
    const path = join(tempFolder(), "s");
    const dead = createServer();
    await new Promise<void>((resolve) => dead.listen(`${path}2`, resolve));
    // As a kill leaves it: the name stays, the listener does not.
    renameSync(`${path}2`, path);
    await new Promise((resolve) => dead.close(resolve));
    expect(statSync(path).isSocket()).toBe(true);
    await listening(path);
    expect(await asked(path)).toBe("here");
  });

  it("is refused where another listens, or a file is", async () => {
    const path = join(tempFolder(), "s");
    await listening(path);
    await expect(listen(app(), { path })).rejects.toMatchObject({ code: "address-unavailable" });
    expect(await asked(path)).toBe("here");
    const file = join(tempFolder(), "file");
    writeFileSync(file, "kept");
    await expect(listen(app(), { path: file })).rejects.toMatchObject({ code: "usage" });
    await expect(listen(app(), { path: join(file, "s") })).rejects.toMatchObject({ code: "usage" });
  });

  it("is refused for now where its folder is not there yet", async () => {
    await expect(listen(app(), { path: "/nowhere/s" })).rejects.toMatchObject({
      code: "address-unavailable",
    });
  });
});
