/** Colours of a terminal, by what they mean. Each thing is said in words, too. */

/** How something is doing. */
export type Tone = "plain" | "faint" | "good" | "warn" | "bad" | "strong";

/** A text in the colour of its tone. */
export type Paint = (text: string, tone: Tone) => string;

/** Select Graphic Rendition (ECMA-48): only the eight colours that every terminal has, so that its own scheme decides. */
const CODES: Readonly<Record<Exclude<Tone, "plain">, number>> = {
  faint: 2,
  good: 32,
  warn: 33,
  bad: 31,
  strong: 1,
};

/** Colours, unless the environment does not want any (no-color.org). */
export function paintFor(env: Readonly<Record<string, string | undefined>>): Paint {
  if (env["NO_COLOR"]) return (text) => text;
  return (text, tone) => tone === "plain" || text === "" ? text : `\x1b[${CODES[tone]}m${text}\x1b[0m`;
}
