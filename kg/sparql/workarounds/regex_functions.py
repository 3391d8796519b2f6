"""REGEX and REPLACE as defined by XPath (Functions and Operators 3.1, section 5.6; oxigraph/oxigraph#1471).

The engine reads patterns and replacements in the dialect of Rust's `regex`. Constants, which most are, are translated
to that dialect; a custom function is called if a pattern is only known at run time or Rust cannot express it. That
function backtracks: its cost is bounded by the limits of the process that the request runs in.
"""

from __future__ import annotations

import re
from functools import lru_cache
from traceback import clear_frames

import pyoxigraph as ox
import regex

from kg.datatypes import XSD
from kg.sparql.lexer import TokenKind
from kg.sparql.query_terms import literal_in_query, string_value
from kg.sparql.token_edits import Edits
from kg.sparql.tokenized_text import TokenSpan
from kg.sparql.workarounds.extension_functions import no_value
from kg.sparql.workarounds.xpath_patterns import Pattern, translated
from kg.terms import EngineTerm

_MATCHES, _REPLACED, _NOTHING = ("<urn:communique:matches>", "<urn:communique:replaced>", "<urn:communique:nothing>")
_LANG_STRING = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"
_REFERENCE = re.compile(r"\\(?P<literal>[\\$])|\$(?P<digits>[0-9]+)|(?P<plain>[^\\$]+)", re.DOTALL)

Part = str | int
"""A part of a replacement: a text, or the number of a group."""


def matches(*arguments: EngineTerm) -> ox.Literal | None:
    """Return whether a pattern matches somewhere in a text; None, an error in SPARQL, if it is an error in XPath."""
    parameters = _plain(arguments[1:])
    text, pattern = _text(arguments), _compiled(*parameters) if len(parameters) in (1, 2) else None
    if text is None or pattern is None:
        return None
    return ox.Literal(pattern.search(text.value) is not None)


def replaced(*arguments: EngineTerm) -> ox.Literal | None:
    """Return a text with every match of a pattern replaced; None, an error in SPARQL, if it is an error in XPath."""
    parameters = _plain(arguments[1:])
    text, replacing = _text(arguments), _replacing(*parameters) if len(parameters) in (2, 3) else None
    if text is None or replacing is None:
        return None
    compiled, parts = replacing
    new = compiled.sub(
        lambda match: "".join((match[part] or "") if isinstance(part, int) else part for part in parts), text.value
    )
    return ox.Literal(new, language=text.language)


def rewrite_patterns(edits: Edits) -> None:
    """Rewrite each REGEX and REPLACE."""
    for at, token in enumerate(edits.tokens):
        if not (token.is_word("REGEX", "REPLACE") and edits.is_call(at)):
            continue
        arguments = edits.arguments(at + 1)
        name = token.text.upper()
        if all(begin < end for begin, end in arguments) and len(arguments) in ((2, 3) if name == "REGEX" else (3, 4)):
            _rewrite(edits, at, name, arguments)


def _rewrite(edits: Edits, at: int, name: str, arguments: list[TokenSpan]) -> None:
    constants = [text for text in (_constant(edits, span) for span in arguments[1:]) if text is not None]
    if len(constants) < len(arguments) - 1:
        edits.replace((at, at + 1), _MATCHES if name == "REGEX" else _REPLACED)
        return
    is_error = (_compiled(*constants) if name == "REGEX" else _replacing(*constants)) is None
    pattern = translated(constants[0], "".join(constants[1 if name == "REGEX" else 2 :]))
    if is_error or pattern is None:
        edits.replace((at, at + 1), _NOTHING)
    elif not pattern.fits_engine:
        edits.replace((at, at + 1), _MATCHES if name == "REGEX" else _REPLACED)
    else:
        new = [pattern.for_engine(), *([] if name == "REGEX" else [_replacement(*constants)])]
        edits.replace((arguments[1][0], arguments[-1][1]), ", ".join(map(literal_in_query, new)))


def _constant(edits: Edits, span: TokenSpan) -> str | None:
    """Return the text of an argument that is a plain string in the query, or None for any other."""
    begin, end = span
    if end - begin != 1 or edits.tokens[begin].kind is not TokenKind.STRING:
        return None
    return string_value(edits.tokens[begin].text)


def _replacement(pattern: str, replacement: str, flags: str = "") -> str:
    """Return a valid replacement in the engine's syntax."""
    _, parts = _replacing(pattern, replacement, flags) or ("", [])
    return "".join(f"${{{part}}}" if isinstance(part, int) else part.replace("$", "$$") for part in parts)


def _text(arguments: tuple[EngineTerm, ...]) -> ox.Literal | None:
    term = arguments[0] if arguments else None
    if not isinstance(term, ox.Literal) or term.datatype.value not in (f"{XSD}string", _LANG_STRING):
        return None
    return term


def _plain(arguments: tuple[EngineTerm, ...]) -> list[str]:
    """Return the texts of arguments, or an empty list if one of them is not a plain string."""
    strings = [term for term in arguments if isinstance(term, ox.Literal) and term.datatype.value == f"{XSD}string"]
    return [string.value for string in strings] if len(strings) == len(arguments) else []


@lru_cache(maxsize=256)
def _regex_of(pattern: Pattern) -> regex.Pattern[str] | None:
    try:
        # Version 1 supports nested sets and scoped flags, as Rust does.
        return regex.compile(pattern.text, regex.VERSION1)
    except (regex.error, RecursionError, OverflowError) as error:
        # regex stores an exception in the frame that raised it: a cycle that would keep the frames below alive, and
        # with them the engine's solutions, until the collector frees them in another thread, which ends the process.
        clear_frames(error.__traceback__)
        return None


def _compiled(pattern: str, flags: str = "") -> regex.Pattern[str] | None:
    translation = translated(pattern, flags)
    return _regex_of(translation) if translation else None


@lru_cache(maxsize=256)
def _replacing(pattern: str, replacement: str, flags: str = "") -> tuple[regex.Pattern[str], list[Part]] | None:
    """Return the pattern and the parts of the replacement; None on an error, such as matching the empty string."""
    compiled = _compiled(pattern, flags)
    if compiled is None or compiled.search("") is not None:
        return None
    # Flag q makes the replacement literal too (section 5.6.4, fn:replace).
    parts: list[Part] | None = [replacement] if "q" in flags else _parts(replacement, compiled.groups)
    return None if parts is None else (compiled, parts)


def _parts(replacement: str, groups: int) -> list[Part] | None:
    parts, at = list[Part](), 0
    while at < len(replacement):
        match = _REFERENCE.match(replacement, at)
        if match is None:
            return None
        at = match.end()
        if match["digits"]:
            digits = match["digits"]
            # `$12` is group 12 if there are that many groups, otherwise group 1 and a 2 (section 5.6.4, fn:replace).
            while len(digits) > 1 and int(digits) > groups:
                digits, at = digits[:-1], at - 1
            parts += [int(digits)] if int(digits) <= groups else []
        else:
            parts.append(match["literal"] or match["plain"])
    return parts


MATCHERS = {_MATCHES: matches, _REPLACED: replaced, _NOTHING: no_value}
