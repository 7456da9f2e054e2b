import { createHmac, randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createPseudonyms, type Pseudonym } from "../../../src/record/pseudonym.ts";
import { withoutWebAssembly } from "../../support/withoutWebAssembly.ts";

const KEY = "a key of more than sixteen characters";

const hmac = (text: string, key = KEY) =>
  createHmac("sha256", key).update(text).digest("base64url").slice(0, 22);

/** The token for a text that is written as JSON, and stands between others. */
function plain(pseudonym: Pseudonym, text: string): string | null {
  const bytes = new TextEncoder().encode(`"before"${JSON.stringify(text)}"behind"`);
  const token = pseudonym.ofPlain(bytes, 8, bytes.length - 8);
  return token === null ? null : JSON.parse(new TextDecoder().decode(token)) as string;
}

describe("a pseudonym", () => {
  it("is the beginning of the HMAC-SHA256 that node:crypto makes, for texts and keys of any length", () => {
    const pseudonyms = createPseudonyms();
    for (let length = 0; length < 2_200; length++) {
      const text = randomBytes(Math.ceil(length / 2)).toString("hex").slice(0, length);
      const key = randomBytes(length % 150).toString("latin1");
      const pseudonym = pseudonyms(key);
      const wanted = hmac(text, key);
      expect(pseudonym.of(text), `${length} characters`).toBe(wanted);
      const token = plain(pseudonym, text);
      expect(token, `${length} characters as JSON`).toBe(length <= 2_048 ? wanted : null);
    }
  });

  it("is that of the value's UTF-8, whatever is in the text", () => {
    const pseudonym = createPseudonyms()(KEY);
    for (const text of ["Jürgen", "\u{1f600}", "a\\b", 'a"b', "a\nb", "half \ud83d"]) {
      expect(pseudonym.of(text), text).toBe(hmac(text));
      expect(plain(pseudonym, text), "left to who decodes it").toBeNull();
    }
  });

  it("is of its own key, when others were used in between", () => {
    const pseudonyms = createPseudonyms();
    const [one, two] = [pseudonyms("the first of two keys"), pseudonyms("the second of two keys")];
    for (const text of ["a", "b", "a"]) {
      expect(one.of(text)).toBe(hmac(text, "the first of two keys"));
      expect(plain(two, text)).toBe(hmac(text, "the second of two keys"));
    }
  });

  it("is made where there is no WebAssembly, too", () =>
    withoutWebAssembly(() => {
      const pseudonym = createPseudonyms()(KEY);
      expect(pseudonym.of("ada")).toBe(hmac("ada"));
      expect(plain(pseudonym, "ada")).toBeNull();
    }));
});
