"""What the text of a query tells of its answer before it is evaluated."""

from __future__ import annotations

from kg.sparql.lexer import Kind, tokens, unescaped

VOLATILE = ("RAND", "NOW", "UUID", "BNODE", "SERVICE")
"""Words whose presence, alone or run together with others, makes every evaluation its own (STRUUID holds UUID)."""
LONG = 32 * 1024
"""Characters of a query above which it is not read here."""


def volatile(text: str) -> bool:
    """Tell whether two evaluations over one version may differ in meaning; sometimes true where they do not.

    A long text is not read for it: that would take the time of everybody else's requests.
    """
    if len(text) > LONG:
        return True
    words = (token.text.upper() for token in tokens(unescaped(text)) if token.kind is Kind.WORD)
    return any(each in word for word in words for each in VOLATILE)
