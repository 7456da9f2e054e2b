import { expect, it } from "vitest";
import { parseFiles, parsingFiles } from "../../../src/config/load.ts";
import { CLIENT, options, TENANT } from "./example.ts";

const shared = {
  credentials: { tenant_id: TENANT, client_id: CLIENT, client_secret: "s3cr3t~value" },
  services: { signIns: {} },
};
const fileOf = (file: string, inputs: unknown) => ({ file, text: JSON.stringify({ inputs }) });
const globals = { file: "globals.yaml", text: "globals: {}" };

/** What files come to, and in how many steps. */
function counted(texts: Parameters<typeof parsingFiles>[0]) {
  const steps = parsingFiles(texts, options());
  for (let count = 0;; count++) {
    const { done, value } = steps.next();
    if (done) return { count, names: value.config?.inputs.map(({ name }) => name), parsed: value };
  }
}

it("a configuration is read in a step for each file, and comes to the same as all at once", () => {
  const files = (count: number) => [
    globals,
    ...Array.from(
      { length: count },
      (_, index) => fileOf(`${index}.yaml`, { [`t${index}`]: { ...shared, id: String(20_000 + index) } }),
    ),
  ];
  const [few, many] = [counted(files(10)), counted(files(60))];
  expect(many.names).toHaveLength(60);
  expect(many.names).toEqual(parseFiles(files(60), options()).config?.inputs.map(({ name }) => name));
  expect(many.parsed.problems).toEqual(parseFiles(files(60), options()).problems);
  expect(many.count - few.count).toBeGreaterThanOrEqual(3 * 50);
});

it("a list of tenants in one file is judged in a step for each of them", () => {
  const tenants = Array.from({ length: 40 }, (_, index) => ({ name: `t${index}`, id: String(index) }));
  const { count, names } = counted([globals, fileOf("all.yaml", { all: { ...shared, tenants } })]);
  expect(names).toHaveLength(40);
  expect(count).toBeGreaterThanOrEqual(2 * 40);
});
