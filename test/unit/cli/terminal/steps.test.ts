import { expect, it } from "vitest";
import { openSteps } from "../../../../src/cli/terminal/steps.ts";

it("steps are drawn ten times a second at most, and leave nothing behind", () => {
  let nowMs = 0;
  const frames: string[] = [];
  const runtime = {
    writeStderr: (text: string) => void frames.push(text),
    stderrSize: () => ({ columns: 60, rows: 24 }),
    env: { NO_COLOR: "1" },
  };
  const steps = openSteps(runtime, "taking positions over", () => nowMs);
  for (let done = 0; done < 1000; done++) {
    steps.step(done, 1000, `contoso/service${done}`);
    nowMs++;
  }
  expect(frames).toHaveLength(10);
  expect(frames[9]).toContain("taking positions over: 900 of 1,000 streams · contoso/s");
  steps.end();
  expect(frames[10]).toContain("\u001b[1A\u001b[J");
  steps.end();
  expect(frames).toHaveLength(11);
});
