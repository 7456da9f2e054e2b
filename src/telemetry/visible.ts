/** Text from outside, as it may be printed. */

/**
 * The text without what a terminal would obey or turn around: control characters, marks of direction and separators of
 * lines as `\\uXXXX`. Line feeds stay.
 */
export function visible(text: string): string {
  return text.replace(
    /[^\P{Cc}\n]|[\p{Bidi_Control}\u2028\u2029]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** The same for text that must stay on its line. */
export function visibleLine(text: string): string {
  return visible(text.replaceAll("\n", "\\n"));
}
