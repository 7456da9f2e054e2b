/** Every kind of value in the place of every setting. */
import { expect, it } from "vitest";
import { globalsSchema } from "../../../src/config/globals.ts";
import { inputSchema } from "../../../src/config/inputs.ts";
import { serviceSchema } from "../../../src/config/service.ts";
import { problemsOf, small } from "../../unit/config/example.ts";

it("A problem is in our words, whatever stands where", () => {
  const values = [
    "null",
    "5",
    "-1.5",
    "true",
    "''",
    "x",
    "[]",
    "[[1]]",
    "{}",
    "{x: {y: 1}}",
    "{env: ''}",
    "{file: 5}",
    "{env: a, file: b}",
    "[{}]",
    "<x>",
  ];
  const keys = [...small({ services: [] }).matchAll(/(\w+):/g)].map((match) => match[1]!);
  const settings = [...Object.keys(globalsSchema.shape).map((key) => small({ globals: [`${key}: @`] }))];
  settings.push(...Object.keys(inputSchema.shape).map((key) => small({ input: [`${key}: @`] })));
  settings.push(
    ...Object.keys(serviceSchema.shape).map((key) => small({ services: [`alerts: {${key}: @}`] })),
  );
  settings.push(...keys.map((key) => small().replace(new RegExp(`^( *${key}:).*`, "m"), "$1 @")));
  for (const text of settings.flatMap((setting) => values.map((value) => setting.replace("@", value)))) {
    expect(problemsOf(text).join("\n")).not.toMatch(
      /Invalid input|Too (small|big)|received|undefined|NaN|object Object/,
    );
  }
});
