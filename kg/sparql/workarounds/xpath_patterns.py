r"""Translation of XPath regular expressions (Functions and Operators 3.1, section 5.6.1) for Rust and Python.

A pattern that is an error in XPath (`\b`, `(?i)`, an unescaped brace) has no translation. Both dialects support nested
sets, `--` for subtraction and scoped flags. Only Python's `regex` supports back-references, blocks, `^` at lines, and
categories in case-insensitive negated sets: a pattern with one of these does not fit the engine.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from kg.datatypes import NAME_CHARACTERS, NAME_START_CHARACTERS

_FLAGS = frozenset("smixq")
_SPACE = " \t\n\r"
_ESCAPED = {**{sign: sign for sign in "\\|.?*+(){}-[]^$"}, "n": "\n", "r": "\r", "t": "\t"}
_SETS = {
    "s": r"\x20\x09\x0a\x0d",
    "d": r"\p{Nd}",
    "i": f":{NAME_START_CHARACTERS}",
    "c": f":{NAME_CHARACTERS}",
    "w": r"^\p{P}\p{Z}\p{C}",
}
"""The single-letter escapes, as the inside of a set (`^` negates it)."""
_CATEGORY = re.compile(r"L[ultmo]?|M[nce]?|N[dlo]?|P[cdseifo]?|Z[slp]?|S[mcko]?|C[cfon]?")
_COUNT = re.compile("[0-9]{1,5}")
_CODE_POINT = re.compile(r"\\U([0-9a-f]{8})|\\u([0-9a-f]{4})")
_MAX_GROUP_DEPTH = 100
_MAX_REPEATS = 10_000
_MAX_REPEATED_ATOMS = 20_000
"""The maximum number of atoms in a pattern with its repeats written out, as Python's `regex` compiles them."""


@dataclass(frozen=True)
class Pattern:
    """A pattern for Python's `regex`, and whether the engine supports it too."""

    text: str
    fits_engine: bool

    def for_engine(self) -> str:
        """Return the pattern in the engine's dialect, which writes code points and the end of a text differently."""
        return _CODE_POINT.sub(lambda match: f"\\x{{{match[1] or match[2]}}}", self.text).replace(r"\Z", r"\z")


@lru_cache(maxsize=1024)
def translated(pattern: str, flags: str) -> Pattern | None:
    """Return a pattern in both dialects, or None if the pattern or its flags are invalid."""
    if not _FLAGS.issuperset(flags):
        return None
    if "q" in flags:
        literal = "".join(map(_char, pattern))
        return Pattern(f"(?i:{literal})" if "i" in flags else f"(?:{literal})", fits_engine=True)
    reader = _PatternReader(_without_space(pattern) if "x" in flags else pattern, frozenset(flags))
    try:
        text = reader.whole()
    except _InvalidError:
        return None
    return Pattern(f"(?i:{text})" if "i" in flags else text, reader.fits_engine)


class _InvalidError(Exception):
    """The pattern is an error in XPath."""


def _require(condition: object) -> None:
    if not condition:
        raise _InvalidError


def _without_space(pattern: str) -> str:
    """Return a pattern without white space outside sets, which flag x ignores."""
    kept_signs, depth, escaped = list[str](), 0, False
    for sign in pattern:
        if not escaped:
            depth += (sign == "[") - (sign == "]")
        # White space in a set stands for itself regardless of flags (section 5.6.2).
        if depth > 0 or sign not in _SPACE:
            kept_signs.append(sign)
            escaped = sign == "\\" and not escaped
    return "".join(kept_signs)


def _char(sign: str) -> str:
    if sign.isascii() and sign.isalnum():
        return sign
    # By code point, so that no character has a meaning in only one of the dialects.
    return f"\\x{ord(sign):02x}" if ord(sign) < 0x80 else f"\\U{ord(sign):08x}"  # noqa: PLR2004 - ASCII


@dataclass
class _Set:
    """A set of characters: its items, its properties, which are always case-sensitive, and the subtracted set."""

    negated: bool
    items: list[str] = field(default_factory=list)
    properties: list[str] = field(default_factory=list)
    without: _Set | None = None


class _PatternReader:
    def __init__(self, pattern: str, flags: frozenset[str]) -> None:
        self._text, self._at, self._flags = pattern, 0, flags
        self._depth = self._size = 0
        self._closed = set[int]()
        self.groups = 0
        self.fits_engine = True

    def whole(self) -> str:
        pattern = self._alternatives()
        _require(self._at == len(self._text))
        return pattern

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _takes(self, sign: str) -> bool:
        taken = self._text.startswith(sign, self._at)
        self._at += len(sign) * taken
        return taken

    def _next(self) -> str:
        _require(self._at < len(self._text))
        self._at += 1
        return self._text[self._at - 1]

    def _alternatives(self) -> str:
        branches = [self._branch()]
        while self._takes("|"):
            branches.append(self._branch())
        return f"(?:{'|'.join(branches)})"

    def _branch(self) -> str:
        pieces = []
        while self._peek() and self._peek() not in "|)":
            before = self._size
            atom = self._atom()
            pieces.append(atom + self._quantifier(before))
        return "".join(pieces)

    def _quantifier(self, before: int) -> str:
        sign = self._peek()
        if sign and sign in "?*+":
            self._at += 1
            return sign + "?" * self._takes("?")
        if sign != "{":
            return ""
        inside, closed, rest = self._text[self._at + 1 :].partition("}")
        least, comma, most = inside.partition(",")
        self._at = len(self._text) - len(rest)
        numbers = [number for number in (least, most) if number]
        _require(closed and least and all(map(_COUNT.fullmatch, numbers)))
        _require(sorted(map(int, numbers)) == [*map(int, numbers)] and int(numbers[-1]) <= _MAX_REPEATS)
        self._size = before + (self._size - before) * max(int(numbers[-1]), 1)
        _require(self._size <= _MAX_REPEATED_ATOMS)
        return f"{{{least}{comma}{most}}}" + "?" * self._takes("?")

    def _atom(self) -> str:
        sign = self._next()
        self._size += 1
        if sign == "(":
            return self._group()
        if sign == "[":
            return self._written(self._set())
        if sign == "\\":
            return self._escape()
        # Without flag s, neither a line feed nor a carriage return (section 5.6.2); in Rust and Python, only the
        # former is excluded.
        if sign == ".":
            return "(?s:.)" if "s" in self._flags else r"[^\x0a\x0d]"
        if sign in "^$":
            return self._anchor(sign)
        _require(sign not in "?*+{}]")
        return _char(sign)

    def _anchor(self, sign: str) -> str:
        if "m" not in self._flags:
            return r"(?:\A)" if sign == "^" else r"(?:\Z)"
        if sign == "$":
            return "(?m:$)"
        self.fits_engine = False  # it would also match after a line feed at the end of the text
        return r"(?:\A|(?<=\n)(?!\Z))"

    def _group(self) -> str:
        self._depth += 1
        _require(self._depth <= _MAX_GROUP_DEPTH)
        captures = not self._takes("?:")
        self.groups += captures
        number, inside = self.groups, self._alternatives()
        _require(self._takes(")"))
        self._depth -= 1
        if captures:
            self._closed.add(number)
        return f"({inside})" if captures else inside

    def _escape(self) -> str:
        sign = self._next()
        if sign in _ESCAPED:
            return _char(_ESCAPED[sign])
        if sign in "123456789":
            return self._reference(int(sign))
        if sign in "pP":
            # Flag i has no effect on categories and blocks (section 5.6.2).
            return f"(?-i:{self._property(sign)})"
        return f"[{self._class(sign)}]"

    def _reference(self, number: int) -> str:
        # Take digits as long as they are the number of a group that has begun: with one group, `\12` is `\1` and a 2.
        while self._peek() and self._peek() in "0123456789" and number * 10 + int(self._peek()) <= self.groups:
            number = number * 10 + int(self._next())
        # XPath rejects a reference to a group that is still open (section 5.6.1).
        _require(number in self._closed)
        self.fits_engine = False
        return rf"(?({number})\{number}|)"  # a group that has not matched counts as the empty string

    def _class(self, sign: str) -> str:
        """Return the inside of a set for a single-letter escape."""
        inside = _SETS.get(sign.lower())
        if inside is None:
            raise _InvalidError
        if sign.islower():
            return inside
        return inside[1:] if inside.startswith("^") else f"^{inside}"

    def _property(self, sign: str) -> str:
        _require(self._takes("{"))
        name, closed, rest = self._text[self._at :].partition("}")
        self._at = len(self._text) - len(rest)
        _require(closed)
        if _CATEGORY.fullmatch(name):
            return f"\\{sign}{{{name}}}"
        _require(name.startswith("Is") and all(sign.isalnum() or sign == "-" for sign in name))
        self.fits_engine = False
        return f"\\{sign}{{Block={name[2:]}}}"

    def _set(self) -> _Set:
        characters, first = _Set(negated=self._takes("^")), True
        while not self._takes("]"):
            if self._text.startswith("-[", self._at) and not first:
                self._at += 2
                characters.without = self._set()
                _require(self._takes("]"))
                break
            self._item(characters, first=first)
            first = False
        _require(not first)
        return characters

    def _item(self, characters: _Set, *, first: bool) -> None:
        sign = self._next()
        _require(sign != "[" and (sign != "-" or first or self._peek() == "]"))
        begin = self._single(characters) if sign == "\\" else sign
        if begin is None:
            return
        if self._peek() != "-" or self._text[self._at + 1 : self._at + 2] in ("]", "[", ""):
            characters.items.append(_char(begin))
            return
        self._at += 1
        sign = self._next()
        end = self._single(None) if sign == "\\" else sign
        if end is None or begin > end:
            raise _InvalidError
        characters.items.append(f"{_char(begin)}-{_char(end)}")

    def _single(self, characters: _Set | None) -> str | None:
        """Return the character of an escape, or None for a multi-character escape, which is added to the set."""
        sign = self._next()
        if sign in _ESCAPED:
            return _ESCAPED[sign]
        if characters is None:
            raise _InvalidError
        if sign in "pP":
            characters.properties.append(self._property(sign))
        else:
            inside = self._class(sign)
            characters.items.append(f"[{inside}]" if inside.startswith("^") else inside)
        return None

    def _written(self, characters: _Set) -> str:
        # Without categories, both dialects write the set in the same way.
        if "i" not in self._flags or not _properties(characters):
            return _native(characters)
        # Flag i has no effect on categories (section 5.6.2), so they go into a separate set from the letters.
        if not (characters.negated or characters.without):
            apart = f"(?-i:[{''.join(characters.properties)}])"
            return f"(?:[{''.join(characters.items)}]|{apart})" if characters.items else apart
        self.fits_engine = False
        within = self._written(_Set(negated=False, items=characters.items, properties=characters.properties))
        text = f"(?:(?!{within})(?s:.))" if characters.negated else within
        return f"(?:(?!{self._written(characters.without)}){text})" if characters.without else text


def _properties(characters: _Set) -> bool:
    return bool(characters.properties) or (characters.without is not None and _properties(characters.without))


def _native(characters: _Set) -> str:
    text = f"[{'^' * characters.negated}{''.join((*characters.items, *characters.properties))}]"
    return f"[{text}--{_native(characters.without)}]" if characters.without else text
