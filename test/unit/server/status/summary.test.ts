import { describe, expect, it } from "vitest";
import type { Need } from "../../../../src/server/status/schema.ts";
import { summaryOf, type Told } from "../../../../src/server/status/summary.ts";

const NONE = { failing: 0, gap: 0, late: 0, lost: 0, waiting: 0, healthy: 0 };
const need = (input: string, service: string | null, cause: string): Need => ({
  input,
  service,
  cause,
  streams: 1,
  verdict: "failing",
  since: null,
  detail: null,
  todo: "",
  command: "",
});
const told = (counts: Partial<Told["counts"]>, more: Partial<Told> = {}): Told => ({
  counts: { ...NONE, ...counts },
  needs: [],
  polls: true,
  sink_stalled_seconds: 0,
  dead_letters: null,
  clock_ahead_seconds: 0,
  isConfigurationRefused: false,
  damages: 0,
  newestAge: 120,
  backfills: 0,
  ...more,
});
const FOUR = ["a", "b", "c", "d"].map((name) => need(name, null, "cannot log in"));

describe("the summary", () => {
  it.each([
    [told({ healthy: 12 }), "All 12 streams healthy, newest record 2 min old"],
    [told({ healthy: 1 }, { newestAge: null }), "The only stream is healthy, no records yet"],
    [
      told({ healthy: 3 }, { backfills: 1 }),
      "All 3 streams healthy, newest record 2 min old; 1 stream still reads older records",
    ],
    [
      told({ failing: 1, gap: 1, healthy: 10 }, {
        needs: [
          need("contoso", "alerts_v2", "lacks a permission"),
          need("fabrikam", "signIns", "has 1 gap of 30 s"),
        ],
      }),
      "2 of 12 need you: contoso/alerts_v2 lacks a permission; fabrikam/signIns has 1 gap of 30 s",
    ],
    [
      told({ lost: 1, healthy: 1 }, { needs: [need("contoso", "signIns", "has lost 2 h for good")] }),
      "1 of 2 needs you: contoso/signIns has lost 2 h for good",
    ],
    [told({ late: 1 }, { needs: FOUR.slice(0, 1) }), "1 of 1 needs you: a cannot log in"],
    [
      told({ failing: 4 }, { needs: FOUR }),
      "4 of 4 need you: a cannot log in; b cannot log in; c cannot log in; and 1 more",
    ],
    [
      told({ failing: 4, late: 1 }, { needs: [...FOUR, need("e", "signIns", "is 2 h behind")] }),
      "5 of 5 need you: a cannot log in; b cannot log in; e/signIns is 2 h behind; and 2 more",
    ],
    [told({ waiting: 1, healthy: 1 }), "1 of 2 streams waits to be read for the first time"],
    [told({ waiting: 2 }, { polls: false }), "2 of 2 streams wait to be pulled for the first time"],
    [
      told({ healthy: 2 }, { sink_stalled_seconds: 90 }),
      "The sink has taken nothing for 1 min 30 s, so reading waits. All 2 streams healthy, newest record 2 min old",
    ],
    [
      told({ healthy: 1 }, { dead_letters: { path: "/d", bytes: 9 } }),
      "Lines that the receiver refused wait for you. The only stream is healthy, newest record 2 min old",
    ],
    [
      told({ healthy: 1 }, { isConfigurationRefused: true }),
      "The configuration that was read last is not used, and what ran before goes on. " +
      "The only stream is healthy, newest record 2 min old",
    ],
    [
      told({ healthy: 1 }, { damages: 2 }),
      "Something in the state folder was damaged. The only stream is healthy, newest record 2 min old",
    ],
    [
      told({ healthy: 1 }, { clock_ahead_seconds: -259_200 }),
      "This host's clock is 3 d behind Graph's. The only stream is healthy, newest record 2 min old",
    ],
    [told({}), "There are no streams: the configuration enables none"],
  ])("of %j", (facts, sentence) => expect(summaryOf(facts)).toBe(sentence));
});
