"""Type patterns that follow from another pattern beside them, left out.

If every subject of `cq:hasParticipant` in the default graph is a `cq:Event`, then `?e a cq:Event` selects nothing in
a block that has `?e cq:hasParticipant ?p`: the engine looks it up for every row, or starts with all events. What holds
of the data is for the caller to know; nothing is taken from the ontology, whose domains need not have been inferred.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from kg.sparql.lexer import TokenKind
from kg.sparql.prologue import Prologue
from kg.sparql.tokenized_text import TokenizedText
from kg.sparql.triple_patterns import TriplePattern, statements, triples
from kg.sparql.workarounds.token_edits import Edits

NAME = "redundant types"
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_CONCERNED = re.compile(r"\sa\s|(?<![A-Za-z])type\b")
Reasons = tuple[tuple[str, str], ...]


class TypeFact(NamedTuple):
    """That every subject, or every object, of a property in the default graph is an instance of a class."""

    end: Literal["subject", "object"]
    property: str
    kind: str

    def __str__(self) -> str:
        return f"every {self.end} of <{self.property}> is a <{self.kind}>"


TypeKnowledge = Callable[[TypeFact], bool | None]
"""Whether a fact holds of the version that is queried, None if that is not known."""


def remove_types(
    tokenized: TokenizedText, prologue: Prologue, knows: TypeKnowledge | None
) -> tuple[TokenizedText, Reasons, tuple[TypeFact, ...]]:
    """Return a query without redundant type patterns, the reasons, and the facts that would have been needed."""
    # Facts are those of the stored default graph: a request that names its own dataset has none (decision 0028).
    if knows is None or not _CONCERNED.search(tokenized.text):
        return tokenized, (), ()
    edits = Edits(tokenized)
    first = next((at for at in edits.clause(-1) if edits.tokens[at].is_word("CONSTRUCT")), None)
    # CONSTRUCT WHERE writes the patterns that it looks for.
    if first is not None and not edits.tokens[first + 1].is_sign("{"):
        return tokenized, (), ()
    remover = _Remover(edits, prologue, knows)
    remover.query(-1)
    return edits.result(), tuple(remover.reasons), tuple(remover.unknown)


@dataclass
class _Remover:
    edits: Edits
    prologue: Prologue
    knows: TypeKnowledge
    reasons: list[tuple[str, str]] = field(default_factory=list)
    unknown: list[TypeFact] = field(default_factory=list)

    def query(self, level: int) -> None:
        """Remove types from the WHERE of a query or a subquery."""
        opening = self.edits.group_of_clause(level)
        if opening is not None:
            self._group(opening)

    def _group(self, opening: int) -> None:
        """Remove types from a group that sees the default graph; in EXISTS and GRAPH they stay."""
        closing = self.edits.closing[opening]
        if self.edits.tokens[opening + 1].is_word("SELECT"):
            self.query(opening)
            return
        for at in self.edits.elements(opening, closing):
            if self.edits.tokens[at].is_sign("{"):
                self._group(at)
            elif self.edits.begins_block(at):
                self._block(at, self.edits.end_of_block(at, closing))

    def _block(self, begin: int, end: int) -> None:
        spans = [*statements(self.edits, begin, end)]
        patterns = {span: triples(self.edits, *span) or [] for span in spans}
        together = [pattern for statement in patterns.values() for pattern in statement]
        redundant = {pattern for pattern in together if self._follows(pattern, together)}
        if redundant:
            texts = (self._spelled(span, patterns[span], redundant) for span in spans)
            self.edits.replace((begin, end), " . ".join(filter(None, texts)))

    def _spelled(self, span: tuple[int, int], patterns: list[TriplePattern], redundant: set[TriplePattern]) -> str:
        if not redundant & {*patterns}:
            return self.edits.raw(*span)
        return " . ".join(pattern.text(self.edits) for pattern in patterns if pattern not in redundant)

    def _follows(self, pattern: TriplePattern, together: list[TriplePattern]) -> bool:
        """Tell whether a pattern of a type follows from another of its block."""
        subject, kind = self.edits.tokens[pattern.subject[0]], self._iri(pattern.object)
        if subject.kind is not TokenKind.VARIABLE or self._iri(pattern.verb) != RDF_TYPE or not kind:
            return False
        for fact in self._facts(subject.text[1:], kind, together):
            is_known = self.knows(fact)
            if is_known:
                text = self.edits.raw(pattern.subject[0], pattern.object[1])
                self.reasons.append((NAME, f"{text} was left out: {fact}"))
                return True
            # A fact that is known not to hold is not asked for again: a version never changes.
            self.unknown += [fact] if is_known is None else []
        return False

    def _facts(self, variable: str, kind: str, together: list[TriplePattern]) -> Iterator[TypeFact]:
        for pattern in together:
            name = self._iri(pattern.verb)
            # Not from types, since the pattern itself is among those that stand together.
            if name and name != RDF_TYPE:
                if self._is_variable(pattern.subject, variable):
                    yield TypeFact("subject", name, kind)
                if self._is_variable(pattern.object, variable):
                    yield TypeFact("object", name, kind)

    def _is_variable(self, span: tuple[int, int], name: str) -> bool:
        token = self.edits.tokens[span[0]]
        return token.kind is TokenKind.VARIABLE and token.text[1:] == name

    def _iri(self, span: tuple[int, int]) -> str:
        """Return the IRI of a term or of a path of one step, an empty text for any other."""
        token = self.edits.tokens[span[0]]
        if span[1] - span[0] != 1:
            return ""
        if token.text == "a":
            return RDF_TYPE
        return self.prologue.resolve(self.edits.text, token) if token.kind in (TokenKind.IRI, TokenKind.NAME) else ""
