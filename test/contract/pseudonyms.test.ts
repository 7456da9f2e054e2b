import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { createPseudonyms } from "../../src/record/pseudonym.ts";

const KEY = "a key of more than sixteen characters";

it.each(["", "ada@contoso.example", "Jürgen Müller", "x".repeat(300)])(
  "The pseudonym of %j is the beginning of what openssl makes of it",
  (text) => {
    const digest = execFileSync("openssl", ["dgst", "-sha256", "-hmac", KEY, "-binary"], { input: text });
    expect(createPseudonyms()(KEY).of(text)).toBe(digest.toString("base64url").slice(0, 22));
  },
);
