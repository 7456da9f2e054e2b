/** When secrets end, asked of the emulator's Graph by a whole tap. */
import { afterEach, describe, expect, it } from "vitest";
import { watchSecrets } from "../../../src/wiring/secretWatch.ts";
import type { SourcedStream } from "../../../src/wiring/streams.ts";
import { manualClock } from "../../support/manualClock.ts";
import { openRig, type Rig, type RigOptions, TENANT } from "../../support/rig.ts";

const DAY_MS = 86_400_000;
const START = manualClock().now();
let rig: Rig;
afterEach(() => rig.close());

type Tenant = NonNullable<RigOptions["tenants"]>[number];

/** Watches for so many days, and gives what the log said and what is known then. */
async function watched(tenant: Partial<Tenant>, days: number, options: RigOptions = {}) {
  const { clientSecret: _, ...application } = TENANT;
  rig = openRig({ tenants: [{ ...application, ...tenant }], ...options });
  const streams = rig.streams(["directory_audits"]) as SourcedStream[];
  const stop = new AbortController();
  watchSecrets(rig.clock, stop.signal).goOn(streams);
  await rig.clock.sleep(days * DAY_MS);
  stop.abort();
  const asked = rig.sent.filter(({ url }) => url.includes("/applications(")).length;
  const log = rig.log.filter((line) => !line.includes("ready:")).map((line) => line.trim());
  return { log, asked, endsMs: streams[0]!.expiry.endsMs };
}

const endingIn = (days: number, value = TENANT.clientSecret) => ({ value, endsAt: START + days * DAY_MS });
const MAY_READ = ["AuditLog.Read.All", "Application.Read.All"];

describe("the end of a client secret", () => {
  it("is asked for once a day, and told ahead", async () => {
    const { log, asked, endsMs } = await watched({ permissions: MAY_READ, secrets: [endingIn(15.5)] }, 3.5);
    expect(asked).toBe(4);
    expect(log).toEqual([
      expect.stringMatching(/client_secret ends at .* \(in 15 days\)/),
      expect.stringMatching(/client_secret ends at .* \(in 13 days\)/),
    ]);
    expect(endsMs).toBe(START + 15.5 * DAY_MS);
  });

  it("is that of the secret in use, not of another of the application", async () => {
    const secrets = [endingIn(400, "xyz-another"), endingIn(500), endingIn(5, "abc-another")];
    const { log, endsMs } = await watched({ permissions: MAY_READ, secrets }, 0.5);
    expect([log, endsMs]).toEqual([[], START + 500 * DAY_MS]);
  });

  it("is unknown where the application may not look, which the log says once a day without asking", async () => {
    const { log, asked, endsMs } = await watched({
      permissions: ["AuditLog.Read.All"],
      secrets: [endingIn(50)],
    }, 1.5);
    const said = expect.stringContaining(
      "when client_secret ends is unknown: grant the application permission Application.Read.All to see it",
    );
    expect([log, asked, endsMs]).toEqual([[said, said], 0, null]);
  });

  it("is unknown where the application has its home in another tenant", async () => {
    const { log } = await watched({
      permissions: MAY_READ,
      secrets: [endingIn(50)],
      registeredElsewhere: true,
    }, 0.5);
    expect(log).toEqual([expect.stringMatching(/ends is unknown: .*Graph answered 404/)]);
  });

  it("is asked for an hour later when Graph cannot answer", async () => {
    const { asked, endsMs } = await watched({ permissions: MAY_READ, secrets: [endingIn(50)] }, 0.5, {
      between: (request, pass) =>
        request.url.includes("/applications(") && rig.sent.length < 2
          ? Promise.resolve({ status: 503, header: () => null, body: new Blob([]).stream() })
          : pass(request),
    });
    expect([asked, endsMs]).toEqual([2, START + 50 * DAY_MS]);
  });
});
