/** RE2 in JavaScript: it finds what backtracking would find, without ever going back. */
import { PatternError } from "./reading.ts";

/** Where a match begins and ends. */
export type Found = readonly [start: number, end: number];

/** Finds the first match from a place on; places must not go back within one text. */
export type Search = (from: number) => Found | null;

/** Trees in one text. */
export interface TextSearch {
  /** How many characters the text has. */
  readonly length: number;
  /** Where a character begins, in units of UTF-16. */
  readonly placeOf: (index: number) => number;
  /** One for each tree. */
  readonly searches: readonly Search[];
}

/**
 * Makes an expression in RE2's syntax, without groups, ready to search texts.
 *
 * @throws PatternError
 */
export type RegexEngine = (expression: string) => (text: string) => Search;

/**
 * The engine for the text of a configuration, or `null` when the text has no patterns: it is large, and most have none.
 * A backslash may be part of a key that is written in another way.
 */
export async function regexEngineFor(text: string): Promise<RegexEngine | null> {
  return /string_patterns|\\/.test(text) ? await loadRegexEngine() : null;
}

/** Loads the engine. */
export async function loadRegexEngine(): Promise<RegexEngine> {
  const { MatcherInput, RE2JS } = await import("re2js");
  return (expression) => {
    const regex = compiled(() => RE2JS.compile(expression, RE2JS.LOOKBEHINDS).re2());
    const { prefilter } = regex;
    return (text) => {
      const input = MatcherInput.utf16(text);
      // What looks behind have seen, so that the next search does not begin at the start of the text again.
      const behind = regex.createLookbehindState();
      return (from) => {
        // It looks for letters of the expression in all of the text that is left: worth it once, not for each match.
        regex.prefilter = from === 0 ? prefilter : null;
        const [isFound, places] = regex.matchWithGroup(input, from, text.length, 0, 1, behind);
        return isFound ? places as unknown as Found : null;
      };
    };
  };
}

/** Whatever RE2 cannot hold is refused before; should one be left, it is refused, too. */
function compiled<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw new PatternError("a smaller regular expression; make several of it", { cause: error });
  }
}
