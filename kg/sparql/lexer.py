"""The lexer of SPARQL: a request is tokenised and checked against the policy before the engine gets its text.

It follows the terminals of SPARQL 1.1 Query, section 19.8. Strings, IRIs and comments are recognised exactly, so that
nothing can hide in them; a text that it cannot tokenise is a syntax error.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from kg.errors import QuerySyntaxError


class TokenKind(Enum):
    """The kinds of token; the values name the groups of the tokeniser's pattern."""

    IRI = "iri"
    STRING = "string"
    VARIABLE = "variable"
    BLANK = "blank"
    NAME = "name"
    LANGUAGE = "language"
    NUMBER = "number"
    WORD = "word"
    SIGN = "sign"


class Token(NamedTuple):
    """A token and its place in the text, in code points."""

    kind: TokenKind
    text: str
    start: int
    end: int

    def is_word(self, *words: str) -> bool:
        """Return whether this is one of the keywords, which are passed in upper case."""
        return self.kind is TokenKind.WORD and self.text.upper() in words

    def is_sign(self, *signs: str) -> bool:
        """Return whether this is one of the punctuation characters."""
        return self.kind is TokenKind.SIGN and self.text in signs


END = Token(TokenKind.SIGN, "", -1, -1)
"""A sentinel for the token after the last one."""
BYTE_ORDER_MARK = "\ufeff"
# More letters than SPARQL allows in names, so that a text that the engine reads as one name is never two tokens here:
# `\w`, U+00B7 and all from U+00C0. Classes name what they leave out, since `re` takes 60 ms to compile them otherwise.
_NO_LETTER = r"\x00-,./;-@\[-\^`{-\xa9\xab-\xb1\xb4\xb6\xb8\xbb\xbf"
"""What is no letter, digit, hyphen or colon."""
_FIRST_LETTER = r"[^\x00-@\[-`{-\xb6\xb8-\xbf]"
_LETTER = rf"[^:\-{_NO_LETTER}]"
_LETTER_OR_HYPHEN = rf"[^:{_NO_LETTER}]"
_LETTER_HYPHEN_OR_COLON = rf"[^{_NO_LETTER}]"
_UNICODE = r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}"
_ESCAPE = rf"\\[tbnrf\\\"']|{_UNICODE}"
_LOCAL = rf"{_LETTER_HYPHEN_OR_COLON}|%[0-9A-Fa-f]{{2}}|\\[_~.\-!$&'()*+,;=/?\#@%]"
_IRI = rf"<(?:[^<>\"{{}}|^`\\\x00-\x20]|{_UNICODE})*>"
_STRING = (
    rf"'''(?:'{{0,2}}(?:[^'\\]|{_ESCAPE}))*'''|\"\"\"(?:\"{{0,2}}(?:[^\"\\]|{_ESCAPE}))*\"\"\""
    rf"|'(?!'')(?:[^'\\\r\n]|{_ESCAPE})*'|\"(?!\"\")(?:[^\"\\\r\n]|{_ESCAPE})*\""
)
# The possessive quantifier, and dots only before letters, prevent backtracking into a long run of letters and dots.
_PREFIX = rf"{_FIRST_LETTER}(?:\.*{_LETTER_OR_HYPHEN})*+"
_NAME = rf"|(?P<name>(?:{_PREFIX})?:(?:\.*(?:{_LOCAL}))*)"
_SPACE = r"(?:[ \t\r\n]++|\#[^\r\n]*+)*+"
_BEFORE = (
    rf"(?P<iri>{_IRI})"
    rf"|(?P<string>{_STRING})"
    rf"|(?P<variable>[?$]{_LETTER}+)"
    rf"|(?P<blank>_:\w(?:\.*{_LETTER_OR_HYPHEN})*)"
)
_AFTER = (
    # Includes the `--` of a base direction, so that SPARQL 1.2 is recognised by a single token and refused by name.
    r"|(?P<language>@[A-Za-z]+(?:-+[A-Za-z0-9]+)*)"
    r"|(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<word>\w+)"
    r"|(?P<sign>[{}()\[\],;.=<>+\-*/|^!?~&@])"
)
# The order of the alternatives matters: an IRI before the sign `<`, a name with a colon before a bare word.
_PATTERN = re.compile(f"{_SPACE}(?:{_BEFORE}{_NAME}{_AFTER})")
_NAMELESS = re.compile(f"{_SPACE}(?:{_BEFORE}{_AFTER})")
_SPACES = re.compile(_SPACE)
_RUN = re.compile(_PREFIX)
# A run of letters and dots continues after a word only with a dot, a hyphen or what is no ASCII.
_IN_RUN = re.compile(r"[^\x00-,/-\xb6\xb8-\xbf]")
_KINDS = {kind.value: kind for kind in TokenKind}
# Strings, IRIs and comments match first and stay unchanged; an unclosed quotation extends to the end of the text.
_ESCAPED = re.compile(
    rf"(?P<kept>\#[^\r\n]*|{_IRI}|{_STRING}|\\[^uU]|['\"][\s\S]*)|\\[uU](?P<digits>(?<=u)[0-9A-Fa-f]{{4}}|(?<=U)[0-9A-Fa-f]{{8}})"
)
# Also as escapes, unless the backslash is itself escaped, and escapes beyond the last code point.
_SURROGATES = re.compile(r"[\ud800-\udfff]|(?<!\\)(?:\\\\)*\\(?:u[dD][89a-fA-F]|U0000[dD][89a-fA-F]|U(?!000|0010))")


def tokenize(text: str) -> Iterator[Token]:
    """Yield the tokens of a query or update. Raises QuerySyntaxError where no token can be read."""
    # The engine takes UTF-8, which cannot encode surrogates.
    may_have_surrogates = not text.isascii() or "\\" in text
    if may_have_surrogates and (surrogate := _SURROGATES.search(text)):
        raise syntax_error(text, surrogate.start(), "a code point that is not a character")
    position = nameless = 0
    while match := (_NAMELESS if position < nameless else _PATTERN).match(text, position):
        group = match.lastgroup or ""
        start, end = match.span(group)
        if group == "word" and position >= nameless and _IN_RUN.match(text, end):
            # No colon ends this run of letters and dots: searching for one again at each dot would take quadratic time.
            run = _RUN.match(text, start)
            nameless = run.end() if run else 0
        position = end
        yield Token(_KINDS[group], match[group], start, end)
    spaces = _SPACES.match(text, position)
    position = spaces.end() if spaces else position
    if position < len(text):
        raise syntax_error(text, position, "an unknown sign, or a string or IRI that is never closed")


def unescaped(text: str) -> str:
    """Return a text without its byte order mark and with code point escapes outside strings and IRIs replaced."""
    # Section 19.2: the engine handles escapes inside strings and IRIs, but none elsewhere.
    text = text.removeprefix(BYTE_ORDER_MARK)
    if "\\u" not in text and "\\U" not in text:
        return text
    return _ESCAPED.sub(lambda match: match["kept"] or chr(int(match["digits"], 16)), text)


def line_and_column(text: str, position: int) -> tuple[int, int]:
    """Return the line and column of a position, both counted from 1, with columns in code points."""
    return text.count("\n", 0, position) + 1, position - (text.rfind("\n", 0, position) + 1) + 1


def place_in(text: str, position: int) -> str:
    """Return a position in a text as words."""
    line, column = line_and_column(text, position)
    return f"line {line}, column {column}"


def syntax_error(text: str, position: int, fault: str) -> QuerySyntaxError:
    """Return the error for a fault at a position in a text."""
    line, column = line_and_column(text, position)
    return QuerySyntaxError(f"The text does not parse at {place_in(text, position)}: {fault}.", line, column)


def unexpected(text: str, token: Token, expected: str) -> QuerySyntaxError:
    """Return the error for a token, or the end of the text, where something else was expected."""
    if token is END:
        return syntax_error(text, len(text), f"it ends where {expected} was expected")
    return syntax_error(text, token.start, f"{token.text} stands where {expected} was expected")
