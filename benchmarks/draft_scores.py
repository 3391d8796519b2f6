"""Precision, recall and F1 of drafts, by what people have written of the same texts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from benchmarks.draft_gold import GoldDocument, GoldEntity, GoldStatement, Span
from benchmarks.gum_entities import GumDocument
from kg.drafting.drafted_document import Findings
from kg.drafting.entities.text_entities import Entity
from kg.mapping.passages.text_spans import TextSpan

Gold = TypeVar("Gold")
Draft = TypeVar("Draft")
MARKS = " \n\"'.,;:!?-()[]\u201c\u201d\u2018\u2019"
"""What may stand at the ends of a span without making it another."""


@dataclass
class Score:
    """How many were right, how many drafted, how many of the gold found, and how many there are."""

    right: int = 0
    drafted: int = 0
    recalled: int = 0
    gold: int = 0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall, from 0 to 1."""
        precision, recall = self.right / max(1, self.drafted), self.recalled / max(1, self.gold)
        return 2 * precision * recall / max(1e-9, precision + recall)

    def add(self, gold: Sequence[Gold], drafted: Sequence[Draft], fits: Callable[[Gold, Draft], bool]) -> None:
        """Add what a document has and what its draft has."""
        self.gold, self.drafted = self.gold + len(gold), self.drafted + len(drafted)
        self.recalled += sum(any(fits(item, other) for other in drafted) for item in gold)
        self.right += sum(any(fits(item, other) for item in gold) for other in drafted)

    def line(self, name: str, mark: float | None) -> str:
        """Return the score as a line of a table."""
        precision, recall = self.right / max(1, self.drafted), self.recalled / max(1, self.gold)
        counts = f"{self.right} of {self.drafted} drafted, {self.recalled} of {self.gold} in the gold"
        aim = f"mark {mark:.2f}" if mark else ""
        return f"{name:44} P {precision:.2f}  R {recall:.2f}  F1 {self.f1:.2f}  {aim:9}  {counts}"


@dataclass
class Share:
    """How many of those that count were right."""

    right: int = 0
    all: int = 0

    def line(self, name: str, mark: float | None) -> str:
        """Return the share as a line of a table."""
        aim = f"mark {mark:.2f}" if mark else ""
        return f"{name:44} {self.right / max(1, self.all):.2f}{'':23}{aim:9}  {self.right} of {self.all}"


@dataclass
class DraftScores:
    """All scores of the drafts of some texts."""

    scores: defaultdict[str, Score] = field(default_factory=lambda: defaultdict(Score))
    shares: defaultdict[str, Share] = field(default_factory=lambda: defaultdict(Share))

    def add(self, text: str, gold: GoldDocument, findings: Findings) -> None:
        """Add the draft of a text."""
        people = [entity for entity in gold.entities.values() if entity.kind == "person" and entity.is_named]
        self.scores["people"].add(people, _named(findings, "person"), _is_same)
        # Mappings do not tell an organization with a name from one that is described: `the port office`.
        organizations = [entity for entity in gold.entities.values() if entity.kind == "organization"]
        drafted = [entity for entity in findings.entities.all if entity.kind == "organization"]
        self.scores["organizations"].add(organizations, drafted, _is_same)
        self._add_statements(text, gold, findings)
        self._add_meetings(gold, findings)

    def add_names(self, document: GumDocument, findings: Findings) -> None:
        """Add the draft of a text of GUM: a drafted name is right if it has the proper nouns of a gold one."""
        for kind, name in (("person", "people"), ("organization", "organizations")):
            heads = [entity.heads for entity in document.entities if entity.kind == kind]
            self.scores[name].add(heads, _named(findings, kind), _has_head)

    def _add_statements(self, text: str, gold: GoldDocument, findings: Findings) -> None:
        drafted = [
            _DraftedStatement(
                [span_of(span) for span in attribution.content],
                source.entity,
                {
                    "source": [span_of(attribution.source_span)] if attribution.source_span else [],
                    "cue": [span_of(attribution.cue_span)] if attribution.cue_span else [],
                    "content": [span_of(span) for span in attribution.content],
                },
            )
            for attribution, source in zip(findings.attributions, findings.sources, strict=True)
        ]

        def with_source(item: GoldStatement, other: _DraftedStatement) -> bool:
            return _overlap(item.content, other.content) and _is_source(gold.entities.get(item.source), other)

        self.scores["attributions"].add(
            gold.statements, drafted, lambda item, other: _overlap(item.content, other.content)
        )
        self.scores["attributions with source"].add(gold.statements, drafted, with_source)
        direct = [item for item in gold.statements if item.form == "direct"]
        for name, fits in (
            ("direct quotations found", lambda item, other: _overlap(item.content, other.content)),
            ("direct quotations with the right source", with_source),
        ):
            self.shares[name].all += len(direct)
            self.shares[name].right += sum(any(fits(item, other) for other in drafted) for item in direct)
        for part in ("source", "cue", "content"):
            marked = [item for item in gold.statements if item.spans[part]]
            others = [other for other in drafted if any(_overlap(item.content, other.content) for item in marked)]
            self.scores[f"{part} exact"].add(
                sorted({_trimmed(text, item.spans[part]) for item in marked}),
                sorted({_trimmed(text, other.spans[part]) for other in others if other.spans[part]}),
                lambda spans, other_spans: spans == other_spans,
            )

    def _add_meetings(self, gold: GoldDocument, findings: Findings) -> None:
        drafted = [meeting for meeting in findings.meetings if meeting.status == "occurred"]
        self.scores["meetings"].add(
            gold.meetings, drafted, lambda item, other: _overlap(item.at, [span_of(other.span)])
        )
        for item in gold.meetings:
            drafted_meeting = next((other for other in drafted if _overlap(item.at, [span_of(other.span)])), None)
            if drafted_meeting is None:
                continue
            if item.place in gold.entities:
                self.shares["place of found meetings"].all += 1
                place = gold.entities[item.place]
                self.shares["place of found meetings"].right += bool(
                    drafted_meeting.place and _is_same(place, drafted_meeting.place)
                )
            people = [gold.entities[name] for name in item.participants if name in gold.entities]
            are_right = len(people) == len(drafted_meeting.participants) and all(
                any(_is_same(person, other) for other in drafted_meeting.participants) for person in people
            )
            self.shares["all participants of found meetings"].all += 1
            self.shares["all participants of found meetings"].right += are_right


@dataclass(frozen=True)
class _DraftedStatement:
    content: list[Span]
    source: Entity | None
    spans: dict[str, list[Span]]


def span_of(span: TextSpan) -> Span:
    """Return a passage as offsets."""
    return span.start, span.end


def _named(findings: Findings, kind: str) -> list[Entity]:
    return [entity for entity in findings.entities.all if entity.kind == kind and entity.is_named]


def _has_head(heads: Iterable[Span], entity: Entity) -> bool:
    return any(span.start <= first and last <= span.end for span in entity.mentions for first, last in heads)


def _is_same(gold: GoldEntity, entity: Entity) -> bool:
    return any(span.start < end and start < span.end for span in entity.mentions for start, end in gold.mentions)


def _is_source(gold: GoldEntity | None, drafted: _DraftedStatement) -> bool:
    """Return whether a drafted source is that of the gold standard: the same node, or nobody if nobody is named."""
    if gold is None:
        return drafted.source is None
    return drafted.source is not None and _is_same(gold, drafted.source)


def _overlap(first: list[Span], second: list[Span]) -> bool:
    common = sum(max(0, min(b, d) - max(a, c)) for a, b in first for c, d in second)
    return 0 < common >= min(sum(b - a for a, b in first), sum(d - c for c, d in second)) / 2


def _trimmed(text: str, spans: list[Span]) -> tuple[Span, ...]:
    """Return spans without quotation marks and other marks at their ends."""
    trimmed = []
    for start, end in spans:
        words = text[start:end]
        left, right = len(words) - len(words.lstrip(MARKS)), len(words) - len(words.rstrip(MARKS))
        trimmed.append((start + left, end - right))
    return tuple(sorted(trimmed))
