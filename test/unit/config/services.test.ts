import { describe, expect, it } from "vitest";
import { read, small } from "./example.ts";

describe("the services of an input", () => {
  it("are known by older names, too, and keep the configured one", () => {
    const { inputs: [input] } = read(small({ services: ["audit:", "signIn_nonInteractive:"] }));
    expect(input!.services.map((service) => [service.configuredName, service.name])).toEqual([
      ["audit", "directory_audits"],
      ["signIn_nonInteractive", "signIn_nonInteractive"],
    ]);
  });
});
