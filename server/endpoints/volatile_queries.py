"""What a query's text alone determines: whether its answers, or only their bytes, may change on one version."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kg.bounded_cache import BoundedCache
from kg.sparql.lexer import TokenKind, tokenize, unescaped
from kg.sparql.protocol import QueryForm
from kg.sparql.query_request import query_form

VOLATILE_WORDS = ("RAND", "NOW", "UUID", "BNODE", "SERVICE")
"""Parts of the keywords that make a query volatile (STRUUID contains UUID)."""
MAX_LEXED_CHARACTERS = 32 * 1024
_MAYBE_VOLATILE = re.compile("|".join((*VOLATILE_WORDS, r"\\u")), re.IGNORECASE)


@dataclass(frozen=True)
class TextFacts:
    """What is true of all answers to a text."""

    form: QueryForm | None
    """The form of the query; None if it has none, or was not read."""
    is_volatile: bool
    """Whether two evaluations on one version may differ; a false positive only costs a cached answer."""

    @property
    def is_ask(self) -> bool:
        """Return whether the answer is a boolean, which has one serialization."""
        return self.form is QueryForm.ASK


_known = BoundedCache[TextFacts](2048, 512 * 1024)


def text_facts(text: str) -> TextFacts:
    """Return the facts about a text, from a cache if possible. Raises QuerySyntaxError if it cannot be tokenized.

    Only the beginning of most texts is read here: the worker that evaluates the query reads all of it. A long text
    counts as volatile, unread: tokenizing it would keep the interpreter from all other requests.
    """
    if len(text) > MAX_LEXED_CHARACTERS:
        return TextFacts(None, is_volatile=True)
    facts = _known.get(text)
    if facts is None:
        facts = TextFacts(query_form(text), _is_volatile(text))
        _known.put(text, facts, len(text))
    return facts


def _is_volatile(text: str) -> bool:
    """Return whether a word of a text makes it volatile."""
    if not _MAYBE_VOLATILE.search(text):
        return False
    words = (token.text.upper() for token in tokenize(unescaped(text)) if token.kind is TokenKind.WORD)
    return any(part in word for word in words for part in VOLATILE_WORDS)
