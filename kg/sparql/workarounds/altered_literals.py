"""Refuse literals that the engine would alter, before it stores them: afterwards they cannot be recognised.

The engine stores numbers and moments by value, and derived datatypes as their base types (oxigraph#526), so that
`"300"^^xsd:byte`, which is not a byte, would come back as the integer 300.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import pyoxigraph as ox

from kg.datatypes import LANGUAGE_STRINGS, XSD, lexical_fault, literal_fault
from kg.errors import IllTypedLiteralError, PayloadError
from kg.sparql.lexer import Token, TokenKind
from kg.sparql.query_terms import string_value
from kg.sparql.token_edits import Edits
from kg.sparql.tokenized_text import TokenizedText

STRDT = ox.NamedNode("urn:communique:strdt")
"""The function that replaces STRDT in updates: `StrDt`."""
_ANY = ox.NamedNode("urn:communique:any")
_MAX_SHOWN_CHARACTERS = 100
"""Characters of a literal that an error message shows."""


def refuse_altered(triples: Iterable[ox.Triple]) -> Iterator[ox.Triple]:
    """Yield the triples. Raises IllTypedLiteralError at a literal that the engine would store as another value."""
    scratch = ox.Store()
    for triple in triples:
        if isinstance(triple.object, ox.Literal):
            _refuse(triple.object, scratch)
        yield triple


def require_language(literal: ox.Literal) -> None:
    """Raise PayloadError for a language-tagged string without its tag, which no RDF format can express."""
    if literal.datatype.value in LANGUAGE_STRINGS and not literal.language:
        raise PayloadError(
            f'The literal "{literal.value[:_MAX_SHOWN_CHARACTERS]}"^^<{literal.datatype.value}> has no language tag: '
            "expected one, or no datatype."
        )


def _refuse(literal: ox.Literal, scratch: ox.Store) -> None:
    require_language(literal)
    if lexical_fault(literal.value, literal.datatype.value) and _is_altered(literal, scratch):
        raise IllTypedLiteralError(literal_fault(literal.value, literal.datatype.value))


def _is_altered(literal: ox.Literal, scratch: ox.Store) -> bool:
    # Only the engine can tell what it alters, so this stores the one literal and looks at the result.
    scratch.clear()
    scratch.add(ox.Quad(_ANY, _ANY, literal))
    return all(quad.object != literal for quad in scratch)


class StrDt:
    """STRDT (SPARQL 1.1 Query, section 17.4.2.5) that records literals that the engine would store as another value."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self._scratch = ox.Store()

    def __call__(self, *arguments: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> ox.Literal | None:
        """Return the literal with a text and a datatype, or None, which is an error in SPARQL."""
        if len(arguments) != 2:  # noqa: PLR2004 - the text and the datatype
            return None
        text, datatype = arguments
        if not isinstance(text, ox.Literal) or not isinstance(datatype, ox.NamedNode):
            return None
        if text.datatype.value != f"{XSD}string" or datatype.value in LANGUAGE_STRINGS:
            return None
        literal = ox.Literal(text.value, datatype=datatype)
        if lexical_fault(text.value, datatype.value) and _is_altered(literal, self._scratch):
            self.faults.append(literal_fault(text.value, datatype.value))
            return None
        return literal

    def require_none(self) -> None:
        """Raise IllTypedLiteralError if a call made a literal that the engine would store as another value."""
        if self.faults:
            raise IllTypedLiteralError(self.faults[0])


def with_strdt(tokenized: TokenizedText) -> TokenizedText:
    """Return an update in which calls of STRDT are replaced by calls of `StrDt`."""
    edits = Edits(tokenized)
    for at, token in enumerate(tokenized.tokens):
        if token.is_word("STRDT"):
            edits.replace((at, at + 1), str(STRDT))
    return edits.result()


def refuse_altered_in_text(tokens: Sequence[Token], resolved: Callable[[Token], str]) -> None:
    """Raise IllTypedLiteralError at a literal of a request's text that the engine would store as another value."""
    datatypes: dict[str, str] = {}
    scratch = ox.Store()
    for at in range(len(tokens) - 3):
        text, caret, second_caret, name = tokens[at : at + 4]
        if text.kind is TokenKind.STRING and caret.is_sign("^") and second_caret.is_sign("^"):
            # Resolving a name takes a parse, and an update may repeat the name at each of its literals.
            if name.text not in datatypes:
                datatypes[name.text] = resolved(name)
            _refuse(ox.Literal(string_value(text.text), datatype=ox.NamedNode(datatypes[name.text])), scratch)
