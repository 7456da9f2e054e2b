import { describe, expect, it } from "vitest";
import { latin1, utf8 } from "../../support/framed.ts";
import { scan, scanners } from "../../support/scannerJudge.ts";

const RECORD = String.raw`{"a":[1,-2.5e3,"\u00e9",{}],"b":true,"c":null}`;
const BEFORE = '{"value":[';
const page = utf8(`${BEFORE}${RECORD},{"text":"${"x".repeat(64)}"}]}`);

describe("a page with any byte at any place of a record", () => {
  it.each([["instead of what stands there", 1], ["between two others", 0]])(
    "%s is the same to all scanners",
    (_, away) => {
      const differences: string[] = [];
      for (let place = BEFORE.length; place <= BEFORE.length + RECORD.length; place++) {
        for (let byte = 0; byte < 256; byte++) {
          const changed = Uint8Array.of(...page.subarray(0, place), byte, ...page.subarray(place + away));
          const outcomes = Object.values(scanners).map((create) => {
            const { records, refusal } = scan(create, changed, [changed.length]);
            return refusal ?? records.map(latin1).join();
          });
          if (new Set(outcomes).size > 1) {
            differences.push(`byte ${byte} at ${place}: ${outcomes.join(" or ")}`);
          }
        }
      }
      expect(differences).toEqual([]);
    },
  );
});
