"""Writes test/support/patternTable.ndjson: what Python 3.9 makes of patterns, by `re.sub(pattern, "#", text)`.

By hand: python3.9 test/support/patternTable.py > test/support/patternTable.ndjson

With a seed and a count, random patterns alone, for a longer comparison:
python3.9 test/support/patternTable.py 7 20000 > /tmp/table.ndjson; PATTERN_TABLE=/tmp/table.ndjson npx vitest run test/property/config/patterns.test.ts

The first line has texts. A line of a pattern has Python's error, or the texts that it changes, by number; a random one
has its own texts, each with what becomes of it, `null` where nothing does.
"""
import json
import random
import re
import signal
import sys
import warnings

assert sys.version_info[:2] == (3, 9), "the patterns are those of Python 3.9"
warnings.simplefilter("ignore")

TEXTS = [
    "", "a", "A", "ab", "aab", "abab ab", "aaaaaaaaaaaab", "b\n", "\n", "\n\n", "x\nson of\nperson\n", "last\r\n",
    "Ángel García", "josé@x.com", "JOSÉ@X.COM", "ada.lovelace@contoso.example", "Admin", "administrator 17", "user17 and 4",
    "192.168.10.254", "10.0.0.7:8080", "2001:db8::ff00:42:8329", "123-45-6789", "000-12-3456", "4111 1111 1111 1111",
    "8f3c2b1a-0d4e-4f5a-9b6c-7d8e9f0a1b2c", "C:\\Users\\Smith\\x", "https://a.example/p?q=1&r=[2]#f", "+49 (30) 901820",
    "é É ß ẞ straße STRASSE", "ſ s S K k K İ i I ı", "µ μ Μ ς σ Σ ͅ ι ι Ι", "ﬅ ﬆ ǅ ǆ Ǆ ᲀ в В ẛ ṡ", "日本 語 12 ٣٤ ² ½ Ⅷ",
    "😀 smile 😀", "𐐀𐐨 x", "\ud83d alone", "e\u0301 combining", "a\u00a0b\u2003c\u001cd\u0085e\u200bf", "_under_score_",
    "  tab\tand  space ", "xx aa {a} }{ [b] (c)", "\x00nul\x07", "2026-11-22T16:00:00.1234567Z", "\U0001e900\U0001e922 \u1c88\ua64b",
    "last 1234", "Ünï cödé", "a-b_c.d", "((x))", "one,two;three|four",
]

WORDS = r"""
[0-9]+$ | ^\w+ | \A\d+ | [0-9]{,2}$ | (?i)admin.* | [^@]+@[^@]+\.[a-z]+ | ^.*$ | @.* | [A-Za-z0-9._%+-]+@[A-Za-z0-9-]+
(\w+\.)+\w+ | (\w+\.){3}\w+ | (([0-9a-f]{2}:){5}){3} | \d{1,3}(\.\d{1,3}){3} | ([0-9a-f]{2}:)+[0-9a-f]{2} | (?:cat|dog)+
[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12} | (?<=user)\S+(?= and) | \bfoo\b|bar? | [^@]+@[^@]+ | a{2}b{2,}c? | \u00e9+[\]\-x]
(a+)+$ | (a*)* | ([a-z]+)*$ | (?:\w+\s?)+$ | (a|a)+$ | (\w|\d)*$ | (.|x)+y | \d+\d+$ | .*,.*,.*x | x(y(a+)+) | (a+){20}
(a|b*)* | (|a)* | (|a)+ | (a|)+ | (a|b|)* | (|a|b)*b | (?:|ab)*\b | (a*?)* | (a*?)*? | (a*)+? | (a??)*b | (?:a?b??)* | (?:a?b?){2}
(?:a*){3} | (?:a|){2,3}b | (?:(?:a*)b*)*x | (\s*\w*)* | (\w*\s?)*@ | ((a)|b)*? | (?:$|a)* | (?:a|$)* | (?:\b|a)* | (?:a|\b)+
a* | a*? | a+? | a?? | a{2}? | b* | x* | \w* | \d* | \s* | .* | .*? | .+? | $ | ^ | \b | \B | \A | \Z | (?m)^ | (?m)$ | (?m)^$
\b|a | a|\b | |a | a| | (|a) | a{0} | (?:a{0})+ | a{,} | a{,2} | a{2,} | a{,2}b | a{0,1} | a{1 | a{1,x | a{ | {a} | {}{ | x{2}{ | a{,b}
^$ | \A\Z | ^\n | \n$ | \n\Z | .$ | .\Z | (?m).$ | (?s).$ | (?s).* | (?s)^.*$ | (?s).+? | (?m)^\w+$ | (?ms)^.*$ | [^\n]*$ | \s$ | \s\Z
(?:(?m:^)\w)+ | (?m:\w$) | (?m:^a)|b$ | (?-m:a) | (?m)\A\w | (?s-i:.) | (?i:a)b | (?i)a(?-i:b) | (?a:\w)+ | (?a)\w+ | (?a)\b\w | (?a)\W
(?a)\d+ | (?a)\s | (?u)\w+ | (?a:\w)\w | (?a:\b)\w | (?a:\b)|\b | (?ai)k | (?ai)[k-s] | (?ai)[^k] | (?i)k | (?i)s | (?i)ſ | (?i)i | (?i)İ | (?i)ı
(?i)ß | (?i)ẞ | (?i)[ßa] | (?i)ß|a | (?i)[^ß] | (?i)µ | (?i)σ+ | (?i)ς | (?i)ͅ | (?i)ι | (?i)[α-ω]+ | (?i)ﬅ | (?i)ǅ | (?i)в | (?i)ᲀ | (?i)ṡ | (?i)ꙋ
(?i)𐐀 | (?i)[𐐀] | (?i)[𐐀x] | (?i)[𐐨x] | (?i)[𐐀-𐐐] | (?i)[^𐐀-𐐐] | (?i)[a-𐐀] | (?i)\U0001e900 | (?i)[à-ÿ]+ | (?i)[À-Þ]+ | (?i)[^a-z]+ | (?i)[\W_]
(?i)é | (?i)strasse | (?i)straße | (?i)\x41 | (?i)[^k] | (?i)[^K] | (?i)(?:s|k)+ | (?i)[i-k] | (?i)[\u0130x] | (?i).s | (?i)\w+@ | (?i)ñ
\w+ | \W+ | \d+ | \D+ | \s+ | \S+ | [\w.-]+ | [^\w]+ | [\W\d] | [^\W\d]+ | [\s\d] | [^\s\S] | [\s\S] | [\d-x] | [a\-z] | [a-] | [-a] | []a] | [^]a] | [a^]
[]] | [^]] | [[] | [\]] | [\\] | [a\]b]+ | [\b] | [\x41-\x43] | [\101] | [\0] | [\n\r] | [.] | [$^] | [*+?{}()|] | [a&&b] | [a--b] | [[:alpha:]] | [a||b]
[😀-😂] | [^😀] | 😀 | 😀+ | .{2} | ^.. | [\U0001f600-\U0001f610] | \U0001F600 | [\ud800-\udfff] | \ud83d | [^a]\Z | 日本? | \u65e5 | \xe9 | \351
\. | \- | \@ | \_ | \  | \é | \/ | \a | \f | \v | \t | \r | \n | \0 | \00 | \000 | \07 | \012 | \x00 | \101 | \377 | \60 | \061
(?P<n>a)b | (?P<é>a) | (?P<_1>a+) | (?:a)(?#comment)b | a(?#c)* | (?#) | (?x) a b # c | (?x) a\ b | (?x) [ a ] + | (?x: a ) b | (?x)a +b
a(?x) b # end | (?x) a{2 } | (?x:(?x) a ) b | (?x)(?-x: a) | ((?i)a) | a(?i)b | (?i)(?s)a. | (?t)a | (?iu)É | (?im)^S
(?<=a)b | (?<!a)b | (?<=@)[^.]+ | (?<!\d)\d{3}(?!\d) | (?<=^)a | (?<=\b)\w | (?<=\w)\b | (?<=.{3}). | (?<=(?<!x)a)b | (?<=a|b)\w | (?<=ab|cd). | (?<=)a
(?<!^)\w | (?<![\w.])\w+ | (?<=\n)\w+ | (?<=é). | (?<=😀). | (?<=\s)(?=\S) | \w+(?=@) | \d(?=\d{4}) | .(?=.*@) | \d(?=(?:\d{3})+$) | a(?=b|$) | a(?!b)
\w+(?!\w) | a(?!b)|b(?=a) | (?:a(?=b)) | (a(?=b)|c) | a*(?=b) | \w*(?=\s) | (?=a) | (?!a) | x(?=) | x(?!) | \w(?=\w(?!\w)) | .(?!..)
(?=.*\d).+ | (?!000)\d{3} | \b(?!foo\b)\w+ | ^(?!.*@).*$ | (?=a)* | (?=a)?b | (?:(?=a)a)+ | a(?=b)b | (?!a|b)\w | (?!\d)\w+ | (?<=(?=a)a)b
\b\d{1,3}\b | \bv?\d+\b | \b\w | \w\b | \b\b\w | \b.\b | \B\w | \w\B | \B.\B | ^\b | \b$ | \b\Z | \bé | é\b | \b(?:\d{4}[- ]?){4}\b | \b\w{5}\b
(?:ab){2} | (?:ab){2,3}? | (?:a|ab)(?:b|) | (?:a|ab)+? | (ab|a)(bc|c)? | a|ab|abc | (?:x+x+)+y | a{2}{3}x|a | (?:a{2}){2} | (?:a{2,3}){2} | a{1000}|b
[a-c]{0,1000}b | a{1001} | a{0,2500}b | (?:ab){1,1200} | (?:a{100}){20}|b | .{1500}|x | (?:a|b){2,}?b | (?:.{1,3}){2} | (?:a|ab){0,1500}?b
(\d{1,3}\.){3}\d{1,3} | (?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d) | (?i)[a-f0-9]{4,} | \+?\d[\d ()-]{6,}\d | (?<=://)[^/]+ | \\[^\\]+$
""".strip()
# Patterns that cannot stand between bars and line ends, and those that Python refuses.
MORE = [
    "(?x)a\n# comment\nb", "(?x) a # c", "a\nb", " ", "  +", "\t", "|", "||", "a|", "(?:a|b|)+|c", "[ |]", "[|]+", r"a\|b", "(x)(?:|y)", "[\n]", "\u00a0",
    "(", ")", "[", "[a", "a)", "(a", "*", "+a", "?", "a**", "a++", "a{2}{3}", "a*??", "a?*", "^*", "$+", r"\b*", "(?:)*", "(?:^)*", "(*a)", "|*", "(|*a)",
    "\\", "a\\", r"\z", r"\q", r"\i", r"\x4", r"\xg1", r"\u00", r"\u00g0", r"\U0001f60", r"\U00110000", r"\N", r"\8", r"\400", r"[\400]", r"[\8]", r"[\z]",
    "[b-a]", r"[\w-a]", r"[a-\d]", "[]", "[^]", "a{3,1}", "a{4294967295}", "a{0,99999999999}", "a{99999999999,}", "(?P<a>x)(?P<a>y)", "(?P<1>a)", "(?P<>a)",
    "(?P<a", "(?Pa)", "(?P", "(?", "(?)", "(?<a>x)", "(?<", "(?z)", "(?i", "(?i-", "(?i-i:a)", "(?-a:x)", "(?L)a", "(?au)a", "(?a)(?u)x", "(?t:a)", "(?t)a*", "(?-:a)",
    "(?1)", "(?#", "(?#a", "(?=a", "(?>a)", "a*+", "(?<=a+)b", "(?<=a|bc)d", "(?<!a*)b", r"(?<=\w{1,2})x", r"\1", r"(a)\2", r"(\1)", "(?P=a)", "(?(1)a)", "(?(a)b)",
    r"(a)\1", "(?P<a>x)(?P=a)", "(x)?(?(1)a|b)", r"(.)\1+", r"\N{DIGIT ONE}", r"[\N{DIGIT ONE}]", "(?(1)a|b|c)", "(?(0)a)", "(?(99)a)",
]

ATOMS = [
    *"abx1és SkKiIµς😀𐐀𐐨@-_:ßẞſİıσΣÉ", "\u212a", ".", ".", r"\w", r"\W", r"\d", r"\D", r"\s", r"\S", r"\.", r"\n", r"\t", r"\x41", r"\u00e9", r"\101", r"\0",
    "[ab]", "[^b]", "[a-f1]", r"[\w.-]", r"[^\s@]", "[0-9]", r"[^\W\d]", "[a-z]", "[^a-z]", "[ßa]", "[ſx]", "[^ß]", "[à-ÿ]", "[À-ß]", "[😀-😂]", "[𐐀-𐐐]", "[a𐐀]",
    "[𐐨x]", "[^𐐀-𐐐]", "[Ā-ɏ]", r"[\dA-F]", "[-a]", "[]a]", "[^]a]", "[i-k]", "[İ-ı]", "[ͅx]", "[α-ω]", "[\ud800-\uffff]", "[a-\U0001f600]", "ab", "ba",
]
PLACES = ["^", "$", r"\b", r"\B", r"\A", r"\Z"]
REPEATS = ["*", "+", "?", "{2}", "{1,3}", "{2,}", "{,2}", "*?", "+?", "??", "{1,2}?", "{0}", "{2,3}?"]
BEHIND = ["a", "ab", r"\w", r"\b.", ".", "[ab]b", "a|b", "\n", "^a", "é", r"\W", "(?<!b)a", "^"]
SYNTAX = [
    *"ab(())[]{}*+?|^$\\.-,120", "(?:", "(?=", "(?<=", "(?P<a>", "(?P<b>", "(?i)", "(?x)", "(?i:", "(?-i:", "(?#", r"\d", r"\w", r"\b", r"\A", r"\Z", r"\x4", r"\u00",
    r"\1", r"\08", r"\12", r"\777", r"\z", r"\q", "#", " ", "\n", "&&", "--", "[:", "(?P=a)", "(?(1)", "(?a)", "(?u)", "(?L)", "(?t)", "(?s-i:", *"<>=!é😀", "(?",
    r"\U0001f600", r"\U00110000", "{1,2}", "{,}", "{3,1}", "{99999999999}",
]
PIECES = [
    *"abxABss SkKiI_@.-:é1Éßẞſİıµμςσ😀𐐀𐐨٣日\n\n\t", "ab", "aa", "12", "\u212a", "\u0345", "ι", "\u1fbe", "\ud83d", "\x00", "\u00a0", "\x1c", "\x85", "ﬅ", "ﬆ", "ǅ",
]


class Random:
    """Patterns by a grammar, now and then by throwing pieces of syntax together."""

    def __init__(self, seed):
        self.r = random.Random(seed)

    def pattern(self):
        if self.r.random() < 0.12:
            return "".join(self.r.choice(SYNTAX) for _ in range(self.r.randrange(1, 9)))
        flags = self.r.choice(["(?i)", "(?s)", "(?m)", "(?x)", "(?a)", "(?im)", "(?ai)"]) if self.r.random() < 0.2 else ""
        return flags + self.branches(self.r.choice([1, 2, 2, 3]))

    def branches(self, depth):
        all_ = [self.sequence(depth) for _ in range(self.r.choice([1, 1, 1, 2, 2, 3]))]
        if self.r.random() < 0.05:
            all_[self.r.randrange(len(all_))] = ""
        return "|".join(all_)

    def sequence(self, depth):
        out = ""
        for _ in range(self.r.choice([1, 1, 2, 2, 3, 4])):
            atom = self.atom(depth)
            if self.r.random() < 0.4:
                if atom in PLACES or (len(atom) > 1 and atom[0] not in "[(\\"):
                    atom = f"(?:{atom})"
                atom += self.r.choice(REPEATS)
            out += atom
        return out

    def atom(self, depth):
        chance = self.r.random()
        if chance < 0.7 or depth <= 0:
            return self.r.choice(ATOMS)
        return self.r.choice(PLACES) if chance < 0.79 else self.group(depth)

    def group(self, depth):
        inner = self.branches(depth - 1)
        starts = ["("] * 7 + ["(?:"] * 7 + ["(?i:", "(?s:", "(?m:", "(?a:", "(?ims:", "(?-i:", "(?-m:", "(?=", "(?!", f"(?P<n{self.r.randrange(999)}>"]
        start = self.r.choice(starts + ["(?<=", "(?<!"])
        return start + (self.r.choice(BEHIND) if start in ("(?<=", "(?<!") else inner) + ")"

    def text(self):
        pieces = PIECES if self.r.random() < 0.5 else self.r.sample(PIECES, 3)
        text = "".join(self.r.choice(pieces) for _ in range(self.r.choice([0, 1, 2, 3, 5, 8, 12])))
        return text + ("\n" if self.r.random() < 0.15 else "")


class TooLong(Exception):
    pass


def give_up(*_):
    raise TooLong


def replaced(pattern, text):
    """`None` when it takes Python too long."""
    signal.setitimer(signal.ITIMER_REAL, 0.5)
    try:
        return re.sub(pattern, "#", text)
    except TooLong:
        return None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def error_of(pattern):
    try:
        re.compile(pattern)
    except (re.error, OverflowError, ValueError, RecursionError) as error:
        return str(error)


def given(pattern):
    error = error_of(pattern)
    if error is not None:
        return {"pattern": pattern, "error": error}
    results = [(index, text, replaced(pattern, text)) for index, text in enumerate(TEXTS)]
    assert all(result is not None for _, _, result in results), f"too long: {pattern}"
    return {"pattern": pattern, "changes": [[index, result] for index, text, result in results if result != text]}


def drawn(source):
    pattern = source.pattern()
    texts = [source.text() for _ in range(8)]
    error = error_of(pattern)
    if error is not None:
        return {"pattern": pattern, "error": error}
    pairs = [(text, replaced(pattern, text)) for text in texts]
    return {"pattern": pattern, "pairs": [[text, None if text == got else got] for text, got in pairs if got is not None]}


def main():
    signal.signal(signal.SIGALRM, give_up)
    seed, count = (int(word) for word in sys.argv[1:]) if len(sys.argv) > 2 else (39, 400)
    print(json.dumps({"texts": TEXTS}))
    if len(sys.argv) <= 2:
        words = [word.strip() for line in WORDS.split("\n") for word in line.split(" | ")]
        for pattern in dict.fromkeys([*filter(None, words), *MORE]):
            print(json.dumps(given(pattern)))
    source = Random(seed)
    for _ in range(count):
        print(json.dumps(drawn(source)))


main()
