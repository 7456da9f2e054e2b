import { createPatternCompiler, type Pattern } from "../../src/config/patterns/pattern.ts";
import { PatternError } from "../../src/config/patterns/reading.ts";
import { loadRegexEngine } from "../../src/config/patterns/engine.ts";

export const regexEngine = await loadRegexEngine();

const compile = createPatternCompiler(regexEngine);

/** A pattern as the configuration reads it. */
export function pattern(source: string): Pattern {
  return compile(source);
}

/** What a pattern is refused with, or `null` when it is taken. */
export function refusalOf(source: string): string | null {
  try {
    compile(source);
    return null;
  } catch (error) {
    if (error instanceof PatternError) return error.message;
    throw error;
  }
}
