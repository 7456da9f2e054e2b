/**
 * Patterns of `string_patterns`. They were written for the old collector, so they mean what they mean in Python 3.9:
 *
 * Python's syntax → parts (`syntax.ts`, `group.ts`, `escape.ts`) → a tree with all flags applied (`tree.ts`, `case.ts`),
 * in which no round of a repetition is empty (`empty.ts`) → an expression of RE2 over symbols (`writer.ts`).
 *
 * RE2 never goes back in a text, so no pattern can explode. It knows neither Python's letters nor its places, and is
 * not asked to. A text is searched as symbols, one for all characters that the pattern does not tell apart
 * (`alphabet.ts`): words, case and Unicode 13 are decided there, RE2 only compares. Where a pattern looks ahead, or has
 * more kinds of `\b`, `^` and `$` than RE2, the symbols also carry marks: which of these conditions hold behind the
 * character (`marks.ts`, chosen in `search.ts`). Whether a look ahead holds is found by going through the text from its
 * end, so it costs as much as a look behind.
 *
 * What cannot be followed exactly is refused: references to groups (`\1`, `(?(1)…)`), which no automaton can find; a
 * repetition of a branch that may take nothing before one that takes something; and what is too large. A pattern that is
 * refused costs its author a minute, one that means something else lets out what it should mask.
 */
import { createCharFacts } from "./chars.ts";
import { createEffort } from "./effort.ts";
import { takingSomething, withoutEmptyRounds } from "./empty.ts";
import type { Found, RegexEngine, Search } from "./engine.ts";
import { createSearch } from "./search.ts";
import { readPattern } from "./syntax.ts";
import { matchesEmptyText, mayBeEmpty, treeOf } from "./tree.ts";

/** A pattern that is ready to be used. */
export interface Pattern {
  readonly source: string;
  /**
   * What `re.sub` of Python 3.9 does: every match is replaced by what `by` makes of it; or all of the text, where to find
   * every match would take too much reading.
   */
  readonly replace: (text: string, by: (match: string) => string) => string;
}

/** Makes patterns, each distinct one once. */
export type PatternCompiler = (source: string) => Pattern;

/** @throws (by what is returned) PatternError, of which the message completes "expected" */
export function createPatternCompiler(engine: RegexEngine): PatternCompiler {
  const facts = createCharFacts();
  const known = new Map<string, Pattern>();
  return (source) => {
    const pattern = known.get(source) ?? compile(source);
    known.set(source, pattern);
    return pattern;
  };

  function compile(source: string): Pattern {
    const tree = treeOf(readPattern(source), facts);
    const any = withoutEmptyRounds(tree);
    // Needed behind a match of nothing only.
    const some = mayBeEmpty(any) ? takingSomething(any) : null;
    const trees = some === null ? [any] : [any, some];
    const search = createSearch(trees, engine);
    const effortOn = createEffort(trees);
    return {
      source,
      replace(text, by) {
        if (text === "") return matchesEmptyText(tree) ? by("") : "";
        const { length, placeOf, searches } = search(text);
        const effort = effortOn(text, length);
        const counted = effort === null ? searches : searches.map(effort.counting);
        let replaced = "";
        let done = 0;
        for (const [start, end] of matchesIn(length, counted[0]!, counted[1] ?? null)) {
          if (effort?.isSpent()) return by(text);
          const from = placeOf(start);
          const to = placeOf(end);
          replaced += text.slice(done, from) + by(text.slice(from, to));
          done = to;
        }
        return replaced + text.slice(done);
      },
    };
  }
}

/**
 * All matches, in the way of Python 3.7 and later: a match of nothing may stand right behind another match, and where
 * one was, the next match there must take something.
 */
function* matchesIn(length: number, any: Search, some: Search | null): Generator<Found> {
  let at = 0;
  // The next match that takes something, once it was asked for.
  let taking: Found | null | undefined;
  while (at <= length) {
    const match = any(at);
    if (match === null) return;
    yield match;
    at = match[1];
    if (match[0] !== at) continue;
    if (some !== null && (taking === undefined || (taking !== null && taking[0] < at))) taking = some(at);
    if (taking?.[0] === at) {
      yield taking;
      at = taking[1];
    } else at++;
  }
}
