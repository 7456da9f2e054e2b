"""Writes src/config/patterns/unicode.ts: what Python 3.9 knows of characters, which is Unicode 13.

By hand: python3.9 test/support/patternUnicode.py > src/config/patterns/unicode.ts
"""
import re
import sys
import unicodedata

import _sre
import sre_compile

assert sys.version_info[:2] == (3, 9), "the patterns are those of Python 3.9"
ALL = range(0x110000)



def base36(number):
    digits = ""
    sign = "-" if number < 0 else ""
    number = abs(number)
    while True:
        number, digit = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
        if number == 0:
            return sign + digits


def ranges(pattern):
    """Distance from the end of the range before, and further characters of this one."""
    member = re.compile(pattern)
    words, last = [], -1
    start = None
    for code in [*ALL, 0x110000]:
        inside = code < 0x110000 and member.match(chr(code)) is not None
        if inside and start is None:
            start = code
        elif not inside and start is not None:
            words += [base36(start - last), base36(code - 1 - start)]
            last, start = code - 1, None
    return " ".join(words)


def mapping(function):
    """Runs of characters that move by the same distance: gap to the run before, count, step, distance."""
    runs = []
    for code in ALL:
        by = function(code) - code
        if by == 0:
            continue
        if runs:
            first, last, step, distance = runs[-1]
            gap = code - last
            if distance == by and gap in (1, 2) and step in (0, gap):
                runs[-1] = (first, code, gap, distance)
                continue
        runs.append((code, code, 0, by))
    words, before = [], 0
    for first, last, step, distance in runs:
        words += [base36(first - before), base36((last - first) // (step or 1)), str(step or 1), base36(distance)]
        before = last
    return " ".join(words)


def upper(code):
    """Of a capital with several characters, Python's patterns know the first."""
    return ord(chr(code).upper()[0])


def written(name, text, line):
    words, lines = text.split(" "), [""]
    for word in words:
        if len(lines[-1]) + len(word) + 1 > 100:
            lines.append("")
        lines[-1] += word + " "
    lines[-1] = lines[-1].rstrip()
    body = " +\n".join(f'  "{one}"' for one in lines)
    return f"/** {line} */\nexport const {name} =\n{body};\n"


print(f"""/**
 * What Python 3.9 knows of characters: Unicode {unicodedata.unidata_version}. Made by test/support/patternUnicode.py.
 * All numbers are of base 36. A set is pairs: the distance from the last character before to the first of a range, and
 * how many follow it. A mapping is fours: the distance from the last character before, how many follow, the step from
 * one to the next, and how far each is moved.
 */
""")
print(written("WORD", ranges(r"\w"), r"`\w`: letters, digits and numbers, and the low line."))
print(written("DIGIT", ranges(r"\d"), r"`\d`: decimal digits."))
print(written("SPACE", ranges(r"\s"), r"`\s`: white space."))
print(written("LOWER", mapping(_sre.unicode_tolower), "Capital letters, and how far their small ones are."))
print(written("UPPER", mapping(upper), "Small letters, and how far their capitals are."))
print("/** Small letters with one capital; a pattern without case takes one for the other. */")
print("export const SAME_CAPITAL: readonly (readonly number[])[] = [")
for letters in sre_compile._equivalences:
    print("  [" + ", ".join(hex(one) for one in letters) + "],")
print("];")
strangers = [
    code
    for code in ALL
    if _sre.unicode_iscased(code) != (_sre.unicode_tolower(code) != code or upper(code) != code)
]
assert strangers == [], "a character has case that neither mapping tells"
