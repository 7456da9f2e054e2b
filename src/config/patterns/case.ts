/** Which characters a part of a pattern takes, under its flags. */
import { ALL, type CharFacts, type CharKinds, type Chars, has, negate, NEWLINE, unite } from "./chars.ts";
import type { ClassLetter, Item, Member } from "./reading.ts";

/** Python compares sets without case character by character up to here. */
const LAST_COMPARED = 0xffff;

/** What is known of characters, and the flags that hold. */
export interface CharRules {
  readonly facts: CharFacts;
  readonly flags: ReadonlySet<string>;
}

type Letters = Extract<Item, { kind: "letter" | "set" | "any" }>;

/** The characters of a part that takes one. */
export function charsOf(item: Letters, rules: CharRules): Chars {
  if (item.kind === "any") return rules.flags.has("s") ? ALL : negate(NEWLINE);
  const kinds = kindsOf(rules);
  if (item.kind === "set") return setOf(item, rules, kinds);
  const one = rules.flags.has("i") && kinds.hasCase(item.code)
    ? kinds.folded(item.code, () => beforeLowering(smallOf(item.code, kinds), kinds))
    : [item.code, item.code];
  return item.isNot ? negate(one) : one;
}

/** Letters, digits and space, over all characters or, by `(?a)`, over ASCII alone. */
export function kindsOf({ facts, flags }: CharRules): CharKinds {
  return flags.has("a") ? facts.ascii : facts.unicode;
}

function setOf(item: Extract<Item, { kind: "set" }>, rules: CharRules, kinds: CharKinds): Chars {
  const lowers = rules.flags.has("i") && item.members.some((member) => isCased(member, kinds));
  const members = item.members.map((member) => membersOf(member, rules, kinds, lowers));
  const united = unite(members);
  const chars = item.isNot ? negate(united) : united;
  return lowers ? beforeLowering(chars, kinds) : chars;
}

/** Whether the set makes Python look at small letters; beyond U+FFFF it always does. */
function isCased(member: Member, kinds: CharKinds): boolean {
  if (member.kind === "class") return false;
  const [from, to] = member.kind === "letter" ? [member.code, member.code] : [member.from, member.to];
  if ((kinds.lower().get(to) ?? to) > LAST_COMPARED) return true;
  for (let code = from; code <= to; code++) if (kinds.hasCase(code)) return true;
  return false;
}

/** The small letters of a member, and what it holds itself where Python does not lower it. */
function membersOf(member: Member, rules: CharRules, kinds: CharKinds, lowers: boolean): Chars {
  if (member.kind === "class") return classOf(member.letter, kinds);
  const [from, to] = member.kind === "letter" ? [member.code, member.code] : [member.from, member.to];
  if (!lowers) return [from, to];
  if (member.kind === "letter") return from > LAST_COMPARED ? [from, to] : smallOf(from, kinds);
  const small = from > LAST_COMPARED ? [] : smallOfRange(from, Math.min(to, LAST_COMPARED), kinds);
  return to > LAST_COMPARED ? unite([small, withCapitalIn(from, to, rules)]) : small;
}

/** A small letter and its twins. */
function smallOf(code: number, kinds: CharKinds): Chars {
  const small = kinds.lower().get(code) ?? code;
  return unite([[small, small], ...kinds.twins(small).map((one) => [one, one])]);
}

function smallOfRange(from: number, to: number, kinds: CharKinds): Chars {
  const capitals: number[] = [];
  const small: Chars[] = [];
  for (const [capital, one] of kinds.lower()) {
    if (capital < from || capital > to) continue;
    capitals.push(capital);
    small.push([one, one]);
  }
  const own = unite([without([from, to], capitals), ...small]);
  const twins = kinds.allTwins().filter((same) => same.some((one) => has(own, one))).flat();
  return unite([own, ...twins.map((one) => [one, one])]);
}

/** A set without some characters of it. */
function without(set: Chars, codes: readonly number[]): Chars {
  return negate(unite([negate(set), ...codes.map((one) => [one, one])]));
}

/** A range that goes beyond U+FFFF, and every character whose capital lies in it. */
function withCapitalIn(from: number, to: number, { facts }: CharRules): Chars {
  const others: Chars[] = [[from, to]];
  for (const [code, capital] of facts.capitals()) {
    if (capital >= from && capital <= to) others.push([code, code]);
  }
  return unite(others);
}

/** What is in the set once it is lowered. */
function beforeLowering(set: Chars, kinds: CharKinds): Chars {
  const capitals: Chars[] = [];
  const gone: number[] = [];
  for (const [capital, small] of kinds.lower()) {
    if (has(set, small)) capitals.push([capital, capital]);
    else gone.push(capital);
  }
  return unite([without(set, gone), ...capitals]);
}

function classOf(letter: ClassLetter, kinds: CharKinds): Chars {
  const small = letter.toLowerCase() as "d" | "s" | "w";
  const chars = { d: kinds.digit, s: kinds.space, w: kinds.word }[small]();
  return letter === small ? chars : negate(chars);
}
