import { describe, expect, it } from "vitest";
import { decodeName, encodeName } from "../../../src/state/streamName.ts";

const readable = [
  ["10001", "10001"],
  ["contoso.com", "contoso.com"],
  ["signIns_v2", "signIns_v2"],
  ["a/b", "a%2Fb"],
  ["a%2Fb", "a%252Fb"],
  [".", "%2E"],
  ["..", "%2E."],
  ["../../etc", "%2E.%2F..%2Fetc"],
  [".hidden", "%2Ehidden"],
  ["lock", "%6Cock"],
  ["lock.1", "%6Cock.1"],
  ["locks", "locks"],
  ["0123456789abcdef0123456789abcdef", "%30123456789abcdef0123456789abcdef"],
  ["a b~\\:\0\n", "a%20b%7E%5C%3A%00%0A"],
  ["Zürich", "Z%C3%BCrich"],
  ["Zu\u0308rich", "Zu%CC%88rich"],
  ["🦊", "%F0%9F%A6%8A"],
  ["\ud83e", "%uD83E"],
  ["\udd8a\ud83e", "%uDD8A%uD83E"],
  ["%uD83E", "%25uD83E"],
] as const;

describe("the folder name of an input or a service", () => {
  it.each(readable)("of %j is %s, and back", (text, name) => {
    expect(encodeName(text)).toBe(name);
    expect(decodeName(name)).toBe(text);
  });

  it("is different for different texts, short for long ones, and safe", () => {
    const long = [
      "x".repeat(5000),
      "x".repeat(5001),
      "ü".repeat(300),
      "/".repeat(300),
      `${"x".repeat(4999)}y`,
    ];
    const names = [...readable.map(([text]) => text), ...long].map(encodeName);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[A-Za-z0-9_%-][A-Za-z0-9_.%~-]{0,199}$/);
    for (const text of long) expect(decodeName(encodeName(text))).toBeNull();
  });

  it.each(["", ".", "..", "lost+found", "%2f", "%61", "%FF", "%", "a%", "é", "lock", "~"])(
    "is never %j",
    (name) => expect(decodeName(name)).toBeNull(),
  );
});
