"""Merges what a language model finds with what rules find: agreement raises the confidence of an item."""

from __future__ import annotations

from dataclasses import replace

from kg.drafting.entities.text_entities import Entities, Entity
from kg.drafting.model.model_items import ModelItems, ModelStatement
from kg.drafting.speech.attributions import Attribution, sentence_span
from kg.drafting.text.parsed_text import ParsedText, Word
from kg.drafting.text.quoted_runs import QuotedRun
from kg.drafting.words.speech_words import THOUGHT_ACTS
from kg.mapping.authoring.new_document import has_character_edges
from kg.mapping.passages.text_spans import TextSpan

MODEL_CONFIDENCE = 0.5
"""The confidence of what a model finds but no rule does."""
AGREEMENT_SHARE = 0.5
"""The share of the distance to 1 by which agreement raises a confidence."""
LEAST_OVERLAP = 0.5
"""The least overlap of two statements' contents, as a share of their union, if they are the same."""
MODEL_RULE = "a language model"
AGREES = "a language model agrees"


def merged_attributions(
    parsed: ParsedText, runs: list[QuotedRun], attributions: list[Attribution], items: ModelItems
) -> list[Attribution]:
    """Return the rules' attributions, more confident where a model agrees, and those that only the model found."""
    merged = [*attributions]
    for statement in items.statements:
        same = next((at for at, rules in enumerate(merged) if _is_same(rules, statement)), None)
        if same is None:
            merged += [attribution] if (attribution := _attribution(parsed, runs, statement)) else []
        elif _has_same_source(merged[same], statement) and AGREES not in merged[same].rule:
            rule, confidence = f"{merged[same].rule}; {AGREES}", _surer(merged[same].confidence)
            merged[same] = replace(merged[same], rule=rule, confidence=confidence)
    return sorted(merged, key=lambda item: (item.span.start, item.content[0].start))


def add_names(parsed: ParsedText, entities: Entities, items: ModelItems) -> None:
    """Raise the confidence of entities that a model also names, and add those that only the model names."""
    for name in items.names:
        known = [entity for entity in entities.all if any(span.overlaps(*entity.mentions) for span in name.mentions)]
        same = next((entity for entity in known if entity.kind == name.kind and entity.is_named), None)
        if same and AGREES not in same.rule:
            same.rule, same.confidence = f"{same.rule}; {AGREES}", _surer(same.confidence)
        mentions = [span for span in name.mentions if has_character_edges(parsed.text, span)]
        if not known and mentions:
            subkind = "region" if name.kind == "place" else ""
            entities.all.append(
                Entity(name.kind, name.name, MODEL_RULE, MODEL_CONFIDENCE, subkind=subkind, mentions=mentions)
            )


def _surer(confidence: float) -> float:
    return round(confidence + (1 - confidence) * AGREEMENT_SHARE, 2)


def _is_same(attribution: Attribution, statement: ModelStatement) -> bool:
    """Return whether two contents have enough in common."""
    first = {offset for span in attribution.content for offset in range(span.start, span.end)}
    second = {*range(statement.content.start, statement.content.end)}
    return len(first & second) >= LEAST_OVERLAP * len(first | second)


def _has_same_source(attribution: Attribution, statement: ModelStatement) -> bool:
    return bool(attribution.source_span and statement.source.overlaps(attribution.source_span))


def _attribution(parsed: ParsedText, runs: list[QuotedRun], statement: ModelStatement) -> Attribution | None:
    """Return a model's statement as an attribution; None if its source has no word that could be its head."""
    head = _head(parsed, statement.source)
    if head is None:
        return None
    inside = [run for run in runs if run.span.overlaps(statement.content)]
    content = statement.content.joined(run.inner for run in inside)
    form = "thought" if statement.act in THOUGHT_ACTS else "indirect"
    if inside:
        form = "direct" if [run.inner for run in inside] == [content] else "mixed"
    if form == "mixed":
        content = content.joined(run.span for run in inside)
    cue = _head(parsed, statement.cue) if statement.cue else None
    return Attribution(
        form,
        (content,),
        sentence_span(parsed, content, statement.source, statement.cue, *(run.span for run in inside)),
        MODEL_RULE,
        MODEL_CONFIDENCE,
        act=statement.act,
        source=head,
        source_span=statement.source,
        cue=cue,
        cue_span=statement.cue,
        runs=tuple(run.number for run in inside),
    )


def _head(parsed: ParsedText, span: TextSpan) -> Word | None:
    """Return the word of a phrase that depends on no other word in it."""
    words = [word for word in parsed.words if span.start <= word.start and word.end <= span.end]
    inside = {word.index for word in words}
    tops = [word for word in words if word.head == word.index or word.head not in inside]
    return next((word for word in tops if word.is_noun or word.is_verb), None)
