import { expect, it } from "vitest";
import { describePlan } from "../../../../src/shipper/running/describe.ts";
import type { ShipperPlan } from "../../../../src/shipper/running/plan.ts";

const plan: ShipperPlan = {
  name: "vector",
  folder: "/s/.shipper/vector",
  spool: "/s/.shipper/vector/spool/events.log",
  folders: ["/s/.shipper/vector/spool"],
  configuration: "sources:\n  graphtap: {}\n",
  files: { "/s/.shipper/vector/openssl.cnf": "MaxProtocol = TLSv1.2\n" },
  path: "/s/.shipper/vector/vector.yaml",
  judge: (path) => ["/opt/my vector", "validate", path],
  start: ["/opt/my vector", "--config", "/s/.shipper/vector/vector.yaml"],
  env: {},
  renewable: "0",
  served: ['output "devo" (collector-us.devo.io:443)'],
  ways: [],
  warnings: ['output "screen" gets nothing: it is of type "console", where no shipper delivers'],
};

it("a dry run tells all that would be done, each command as a shell takes it, each file as it would be written", () => {
  expect(describePlan(plan, { name: "vector", path: "/opt/my vector", version: "0.57.0" })).toBe(
    `shipper: vector 0.57.0, /opt/my vector
serves: output "devo" (collector-us.devo.io:443)
warning: output "screen" gets nothing: it is of type "console", where no shipper delivers
hand-over: a spool, /s/.shipper/vector/spool/events.log*
judges: '/opt/my vector' validate /s/.shipper/vector/vector.yaml
starts: '/opt/my vector' --config /s/.shipper/vector/vector.yaml
writes: /s/.shipper/vector/openssl.cnf
  MaxProtocol = TLSv1.2
writes: /s/.shipper/vector/vector.yaml
  sources:
    graphtap: {}
`,
  );
});
