import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { run } from "../../../../src/cli/commands/alerts.ts";
import { parseOptions } from "../../../../src/cli/options.ts";
import { commands } from "../../../../src/cli/commands.ts";
import type { Runtime } from "../../../../src/wiring/runtime.ts";

const { options } = commands.find(({ name }) => name === "alerts")!;

async function alerts(...words: string[]): Promise<string> {
  let text = "";
  const writeStdout = (bytes: Uint8Array) => Promise.resolve(void (text += new TextDecoder().decode(bytes)));
  await run(parseOptions("alerts", options, words, {}), { writeStdout } as Runtime);
  return text;
}

describe("graphtap alerts", () => {
  it.each([[[], "graphtap"], [["--job", "taps of contoso"], "taps of contoso"]])(
    "%j prints rules that look at the job %s",
    async (words, job) => {
      const { groups: [{ rules: [down] }] } = parse(await alerts(...words));
      expect(down).toMatchObject({
        alert: "GraphtapDown",
        expr: `up{job="${job}"} == 0 or absent(up{job="${job}"})`,
      });
    },
  );

  it.each(['a"b', "a\\b", "a\nb"])("refuses the job %j, which would end its text", async (job) => {
    await expect(alerts("--job", job)).rejects.toMatchObject({ code: "usage" });
  });
});
