"""Casts from strings, GROUP_CONCAT and STRDT, which in the engine accept less or return more than SPARQL specifies.

A cast first strips white space from a string (XPath Functions and Operators 3.1, section 19.2), and accepts only XML
Schema's spellings of infinity. GROUP_CONCAT returns a simple literal (SPARQL 1.1 Query, section 18.5.1.7), not one with
the language of the strings that it joins (oxigraph/oxigraph#1717). STRDT does not make an `rdf:langString`, which a
literal without a language cannot be.
"""

from __future__ import annotations

from collections.abc import Callable

import pyoxigraph as ox

from kg.datatypes import LANGUAGE_STRINGS, XSD
from kg.sparql.lexer import TokenKind
from kg.sparql.prologue import Prologue
from kg.sparql.token_edits import Edits
from kg.sparql.tokenized_text import TokenSpan
from kg.sparql.workarounds.ordered_values import DURATIONS, MAX_READ_CHARACTERS, MOMENTS, NUMBERS
from kg.terms import EngineTerm

_DATATYPE = "<urn:communique:datatype>"
_LEXICAL = "urn:communique:lexical:"
_READERS: dict[str, Callable[[str], object]] = {
    **NUMBERS,
    **MOMENTS,
    **DURATIONS,
    f"{XSD}boolean": lambda lexical: lexical if lexical in ("true", "false", "1", "0") else None,
}


def rewrite_casts(edits: Edits, prologue: Prologue) -> None:
    """Rewrite each cast to a datatype with lexical forms, each GROUP_CONCAT and each STRDT."""
    for at, token in enumerate(edits.tokens):
        if not edits.is_call(at) or token.kind not in (TokenKind.IRI, TokenKind.NAME, TokenKind.WORD):
            continue
        arguments = edits.arguments(at + 1)
        if token.is_word("GROUP_CONCAT") and arguments:
            edits.wrap((at, edits.closing[at + 1] + 1), "STR(", ")")
        elif token.is_word("STRDT") and len(arguments) == 2:  # noqa: PLR2004 - the string and the datatype
            edits.wrap(arguments[1], f"{_DATATYPE}(", ")")
        elif token.kind is not TokenKind.WORD and len(arguments) == 1:
            _rewrite_cast(edits, prologue.resolve(edits.text, token), arguments[0])


def _rewrite_cast(edits: Edits, datatype: str, argument: TokenSpan) -> None:
    if datatype not in _READERS:
        return
    function, written = f"<{_LEXICAL}{datatype.removeprefix(XSD)}>", edits.raw(*argument)
    if argument[1] - argument[0] == 1 and edits.tokens[argument[0]].kind is TokenKind.VARIABLE:
        # A call into Python takes about 5 µs, so it is made for strings only.
        edits.replace(argument, f"IF(DATATYPE({written}) = <{XSD}string>, {function}({written}), {written})")
    else:
        edits.wrap(argument, f"{function}(", ")")


def _lexical(read: Callable[[str], object]) -> Callable[..., EngineTerm | None]:
    """Return a function that strips a string, or returns None, an error, if it is not a value; other terms pass."""

    def lexical(*arguments: EngineTerm) -> EngineTerm | None:
        term = arguments[0] if len(arguments) == 1 else None
        if not isinstance(term, ox.Literal) or term.datatype.value != f"{XSD}string":
            return term
        stripped = term.value.strip(" \t\n\r")
        return ox.Literal(stripped) if len(stripped) <= MAX_READ_CHARACTERS and read(stripped) is not None else None

    return lexical


def datatype(*arguments: EngineTerm) -> EngineTerm | None:
    """Return the datatype if a literal without a language can have it; otherwise None, an error in SPARQL."""
    term = arguments[0] if len(arguments) == 1 else None
    return None if isinstance(term, ox.NamedNode) and term.value in LANGUAGE_STRINGS else term


CASTS: dict[str, Callable[..., EngineTerm | None]] = {
    **{f"<{_LEXICAL}{name.removeprefix(XSD)}>": _lexical(read) for name, read in _READERS.items()},
    _DATATYPE: datatype,
}
