import { expect, it } from "vitest";
import { saysStarted, shipperLine } from "../../../../src/shipper/running/shipperLog.ts";

it.each([
  [
    "[2026/11/30 04:59:20.372] [ info] [input:tail:graphtap] initializing",
    "info",
    "[input:tail:graphtap] initializing",
  ],
  ["\u001b[1m[2026/11/30 04:59:20] [\u001b[91merror\u001b[0m] [tls] refused", "error", "[tls] refused"],
  ["2026-11-30T04:45:12.123456Z  WARN vector::app: slow.", "warn", "vector::app: slow."],
  ["2026-11-30T04:45:12.123456Z TRACE vector: x", "debug", "vector: x"],
  ["______ _                  _", "debug", "______ _                  _"],
  [
    "2026-11-30T04:45:12Z ERROR sink: https://http-us.devo.io/stream/d/token!0123456789abcdef/h/t failed",
    "error",
    "sink: https://http-us.devo.io/stream/d/token!…/h/t failed",
  ],
])("a shipper's line has its level and shows no token: %s", (line, level, text) => {
  expect(shipperLine(line)).toEqual({ level, text });
});

it.each([
  ["[engine] Shutdown Grace Period=5, Shutdown Input Grace Period=2", true],
  ["[output:tcp:devo] worker #0 started", true],
  ['vector: Vector has started. debug="false"', true],
  ["[input:tail:graphtap] initializing", false],
])("of %s it is known whether it says that all has started", (text, expected) => {
  expect(saysStarted(text)).toBe(expected);
});
