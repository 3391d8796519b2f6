"""Queries whose answer may change from one evaluation to the next on the same version, so that it is not cached."""

from __future__ import annotations

from kg.sparql.lexer import TokenKind, tokenize, unescaped

VOLATILE_WORDS = ("RAND", "NOW", "UUID", "BNODE", "SERVICE")
"""Parts of the keywords that make a query volatile (STRUUID contains UUID)."""
MAX_LEXED_CHARACTERS = 32 * 1024


def is_volatile(text: str) -> bool:
    """Return whether two evaluations on one version may differ; a false positive only costs a cached answer.

    A long text counts as volatile: its tokens would take the interpreter from all other requests.
    """
    if len(text) > MAX_LEXED_CHARACTERS:
        return True
    words = (token.text.upper() for token in tokenize(unescaped(text)) if token.kind is TokenKind.WORD)
    return any(part in word for word in words for part in VOLATILE_WORDS)
