import { describe, expect, it } from "vitest";
import { propertiesOf } from "../../../../src/emulator/odata/properties.ts";
import { inventedPlugins } from "../../../support/inventedPlugins.ts";

const pluginOf = (service: string) => inventedPlugins.find((plugin) => plugin.service === service)!;

describe("what a filter may name", () => {
  it("is the cursor's field by its own operators, and what the plugin lists", () => {
    expect(propertiesOf(pluginOf("door_logs"))).toEqual({
      openedDateTime: { type: "instant", operators: ["gt", "lt"] },
      wings: { type: "strings", operators: ["eq"] },
      level: { type: "number", operators: ["eq", "ge"] },
      wasForced: { type: "boolean", operators: ["eq"] },
      visitors: {
        type: "objects",
        operators: [],
        elements: { name: { type: "string", operators: ["eq", "startswith"] } },
      },
    });
  });

  it("is the start of a snapshot that has a time, and nothing where there is none", () => {
    expect(propertiesOf(pluginOf("door_counts"))).toEqual({
      countedDateTime: { type: "instant", operators: ["ge", "le"] },
    });
    expect(propertiesOf(pluginOf("doors"))).toEqual({});
  });

  it("is for the cursor's field what the plugin lists, if it does: a cursor that Graph does not know is refused", () => {
    const filters = [{ type: "instant", operators: ["eq"], properties: ["openedDateTime"] }] as const;
    expect(propertiesOf({ ...pluginOf("door_logs"), filters })).toEqual({
      openedDateTime: { type: "instant", operators: ["eq"] },
    });
  });

  it("joins rules for the elements of one array", () => {
    const filters = [
      { operators: ["eq"], properties: ["name"], within: "visitors" },
      { type: "number", operators: ["ge"], properties: ["age"], within: "visitors" },
    ] as const;
    expect(Object.keys(propertiesOf({ ...pluginOf("doors"), filters }).visitors!.elements!)).toEqual([
      "name",
      "age",
    ]);
  });
});
