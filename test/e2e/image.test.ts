/** The image as an engine runs it, without one: its command and health check, as its user, under a root that is read-only. */
import { rmSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fluentBit, whyNoFluentBit } from "../support/forwarderFluentBit.ts";
import { image, openImageRoot, whyNoImageRoot } from "../support/imageRoot.ts";
import { arrivedAt, countAt } from "../support/shipped.ts";
import { openHousehold } from "../support/up.ts";

const whyNot = whyNoImageRoot ?? whyNoFluentBit;
if (whyNot !== null) console.warn(`image.test.ts is skipped: ${whyNot}`);

const COUNT = 3000;
/** A container's engine kills after so long. */
const STOP_MS = 10_000;
/** As the old collector's page has it. */
const ENV = ["CONFIG_FILE=config.yaml"];

/** Certificates, configuration and state as the old collector has them, with a state folder beside them. */
async function household(records: number) {
  const house = await openHousehold(records);
  house.rewrite((config) => {
    Object.assign(config, {
      globals: { persistence: { type: "filesystem", config: { directory_name: "state" } } },
    });
  });
  return house;
}

describe.skipIf(whyNot !== null)(
  `the image with Fluent Bit ${fluentBit.version}`,
  { timeout: 120_000 },
  () => {
    it("delivers by the old page's volumes, is healthy, and stops within the engine's ten seconds", async () => {
      const house = await household(COUNT);
      const root = openImageRoot(house.site.folder);
      const unhealthy = await root.start(image.healthCheck).ended;
      expect(unhealthy.code, "before it runs").toBe(1);
      const program = root.start(image.command, ENV);
      const records = house.site.records("directory_audits");
      await program.until(() => new Set(arrivedAt(house.receiver)).size >= records.length, "all records");
      const healthy = await root.start(image.healthCheck).ended;
      expect(healthy.code, healthy.stderr).toBe(0);
      const since = Date.now();
      program.kill("SIGTERM");
      const { code, stderr } = await program.ended;
      expect(code, stderr).toBe(0);
      expect(Date.now() - since).toBeLessThan(STOP_MS);
      expect(arrivedAt(house.receiver).toSorted()).toEqual(records.toSorted());
      expect(stderr, "flock is there").not.toContain("flock");
    });

    it("stops in time while Devo is away, and sends what waits at the next start", async () => {
      const house = await household(COUNT);
      const root = openImageRoot(house.site.folder);
      await house.receiver.crash();
      const away = root.start(image.command, ENV);
      await away.until(() => away.stderr.includes('"pull done"'), "a poll");
      const since = Date.now();
      away.kill("SIGTERM");
      await away.ended;
      expect(Date.now() - since).toBeLessThan(STOP_MS);
      await house.receiver.restart();
      const again = root.start(image.command, ENV);
      await again.until(() => countAt(house.receiver) >= COUNT, "all records");
      again.kill("SIGTERM");
      expect((await again.ended).code).toBe(0);
    });

    it("says in one line that the state folder belongs to another user", async () => {
      const house = await household(1);
      const { code, stderr } = await openImageRoot(house.site.folder, 0).start(image.command, ENV).ended;
      expect(code).toBe(5);
      expect(stderr.trim()).toBe(
        'graphtap: state-unusable: Cannot open "/devo-collector/state/lock": EACCES; ' +
          "make it readable and writable for the user graphtap runs as",
      );
    });

    it("says where it looks for a configuration that is not there", async () => {
      const house = await household(1);
      rmSync(house.config);
      const { code, stderr } = await openImageRoot(house.site.folder).start(image.command, ENV).ended;
      expect(code).toBe(75);
      expect(stderr).toContain("config/config.yaml");
    });
  },
);
