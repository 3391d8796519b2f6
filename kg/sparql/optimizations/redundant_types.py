"""Remove type patterns that follow from another pattern of the same block.

If every subject of `cq:hasParticipant` in the default graph is a `cq:Event`, then `?e a cq:Event` excludes nothing in
a block that has `?e cq:hasParticipant ?p`: the engine looks it up for every row, or starts with all events. The caller
provides the facts about the data; none is taken from the ontology, whose domains need not have been inferred.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from kg.sparql.optimizations.data_facts import Fact, Knowledge, Reasons, TypeFact
from kg.sparql.optimizations.group_blocks import RDF_TYPE, default_graph_blocks, named_iri, variable_name
from kg.sparql.prologue import Prologue
from kg.sparql.token_edits import Edits
from kg.sparql.tokenized_text import TokenizedText, TokenSpan
from kg.sparql.triple_patterns import TriplePattern, statements, triples

NAME = "redundant types"
_CONCERNED = re.compile(r"\sa\s|(?<![A-Za-z])type\b")


def remove_types(
    tokenized: TokenizedText, prologue: Prologue, knows: Knowledge | None
) -> tuple[TokenizedText, Reasons, tuple[Fact, ...]]:
    """Return a query without redundant type patterns, the reasons, and the facts that were needed but unknown."""
    # Facts are about the stored default graph, so none apply to a request that names its own dataset (decision 0028).
    if knows is None or not _CONCERNED.search(tokenized.text):
        return tokenized, (), ()
    edits = Edits(tokenized)
    remover = _Remover(edits, prologue, knows)
    for _, block in default_graph_blocks(edits):
        remover.block(*block)
    return edits.result(), tuple(remover.reasons), tuple(remover.unknown)


@dataclass
class _Remover:
    edits: Edits
    prologue: Prologue
    knows: Knowledge
    reasons: list[tuple[str, str]] = field(default_factory=list)
    unknown: list[Fact] = field(default_factory=list)

    def block(self, begin: int, end: int) -> None:
        """Remove types from a block."""
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
        """Return whether a type pattern follows from another pattern of its block."""
        subject, kind = variable_name(self.edits, pattern.subject), self._iri(pattern.object)
        if not subject or self._iri(pattern.verb) != RDF_TYPE or not kind:
            return False
        for fact in self._facts(subject, kind, together):
            is_known = self.knows(fact)
            if is_known:
                text = self.edits.raw(pattern.subject[0], pattern.object[1])
                self.reasons.append((NAME, f"{text} was left out: {fact}"))
                return True
            # A fact that is known not to hold is not requested again: a version never changes.
            self.unknown += [fact] if is_known is None else []
        return False

    def _facts(self, variable: str, kind: str, together: list[TriplePattern]) -> Iterator[TypeFact]:
        for pattern in together:
            name = self._iri(pattern.verb)
            # Not from type patterns, since `together` includes the pattern itself.
            if name and name != RDF_TYPE:
                if variable_name(self.edits, pattern.subject) == variable:
                    yield TypeFact("subject", name, kind)
                if variable_name(self.edits, pattern.object) == variable:
                    yield TypeFact("object", name, kind)

    def _iri(self, span: TokenSpan) -> str:
        return named_iri(self.edits, self.prologue, span)
