"""The prologue of a query or an update: its base and prefixes (SPARQL 1.1 Query, section 4.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import pyoxigraph as ox

from kg.sparql.lexer import END, Token, TokenKind, syntax_error, unexpected
from kg.sparql.query_terms import read_term

MAX_KNOWN_IRIS, MAX_KNOWN_CHARACTERS = 1000, 500
"""How many IRIs are cached with how they are written and declared, and how long each of these may be."""


@dataclass(frozen=True)
class Prologue:
    """The base and the prefixes that a text declares; prefixes include the colon."""

    base: str | None
    prefixes: Mapping[str, str]

    def resolve(self, text: str, token: Token) -> str:
        """Resolve an IRI or a prefixed name. Raises QuerySyntaxError if it is invalid or its prefix is not declared."""
        prefix = token.text.partition(":")[0] + ":"
        is_declared = token.kind is TokenKind.NAME and prefix in self.prefixes
        declaration = f"PREFIX {prefix} <{self.prefixes[prefix]}>" if is_declared else ""
        # Queries name the same IRIs again and again, and the engine parses each as a document.
        is_short = len(token.text) + len(declaration) + len(self.base or "") <= MAX_KNOWN_CHARACTERS
        try:
            return (_resolved if is_short else _resolved.__wrapped__)(token.text, declaration, self.base)
        except (SyntaxError, ValueError):
            raise syntax_error(
                text, token.start, f"{token.text} is not an IRI, or its prefix is not declared"
            ) from None

    def text(self) -> str:
        """Return the prologue as SPARQL."""
        base = f"BASE <{self.base}> " if self.base else ""
        return base + "".join(f"PREFIX {prefix} <{iri}> " for prefix, iri in self.prefixes.items())

    def named(self) -> dict[str, str]:
        """Return the prefixes without the colon, as serializers expect them."""
        return {prefix[:-1]: iri for prefix, iri in self.prefixes.items()}


@lru_cache(MAX_KNOWN_IRIS)
def _resolved(written: str, declaration: str, base: str | None) -> str:
    """Return an IRI, or an empty string for another term. Raises SyntaxError or ValueError if it cannot be parsed."""
    term = read_term(written, declaration, base)
    return term.value if isinstance(term, ox.NamedNode) else ""


def read_prologue(text: str, tokens: Sequence[Token], start: int, known: Prologue) -> tuple[Prologue, int]:
    """Return a known prologue extended by the one that begins at a token, and the position after it."""
    base, prefixes, position = known.base, dict(known.prefixes), start
    while position < len(tokens) and tokens[position].is_word("BASE", "PREFIX", "VERSION"):
        so_far = Prologue(base, prefixes)
        if tokens[position].is_word("PREFIX"):
            name = expect(text, tokens, position + 1, TokenKind.NAME)
            prefixes[name.text] = so_far.resolve(text, expect(text, tokens, position + 2, TokenKind.IRI))
            position += 3
        elif tokens[position].is_word("BASE"):
            base = so_far.resolve(text, expect(text, tokens, position + 1, TokenKind.IRI))
            position += 2
        else:
            position += 2
    return Prologue(base, prefixes), position


def expect(text: str, tokens: Sequence[Token], position: int, *kinds: TokenKind) -> Token:
    """Return the token at a position. Raises QuerySyntaxError if it is of none of the kinds."""
    token = tokens[position] if position < len(tokens) else END
    if token.kind not in kinds:
        expected = " or ".join("an IRI" if kind is TokenKind.IRI else "a prefixed name" for kind in kinds)
        raise unexpected(text, token, expected)
    return token
