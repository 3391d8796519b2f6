"""Writes a parsed article as a mapping document: entities, posts, meetings and statements, with passages and notes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from kg.drafting.entities.named_entities import find_entities
from kg.drafting.entities.posts import PostHeld, posts_held
from kg.drafting.entities.referents import referent_of
from kg.drafting.entities.text_entities import Entities, Entity
from kg.drafting.meetings.meeting_sides import sides_of
from kg.drafting.meetings.reported_meetings import ReportedMeeting, meetings_of
from kg.drafting.model.model_items import ModelItems
from kg.drafting.model.model_merge import add_names, merged_attributions
from kg.drafting.speech.attributions import Attribution
from kg.drafting.speech.direct_quotations import direct_attributions, without_phrases
from kg.drafting.speech.indirect_speech import indirect_attributions
from kg.drafting.speech.unsaid_speech import is_left_unsaid, verb_of_cue
from kg.drafting.statements.addressees import addressees_of
from kg.drafting.statements.conditionals import Conditional, conditional_in
from kg.drafting.statements.nested_speech import relay_nested
from kg.drafting.statements.quoted_sentences import by_sentence
from kg.drafting.statements.speech_occasions import speech_occasion
from kg.drafting.statements.statement_values import certainty_of, gist_of, main_verb, negation_of, tense_of
from kg.drafting.statements.yaml_nodes import Node, Value, scalar, section
from kg.drafting.text.article_text import ArticleText
from kg.drafting.text.dates import day_of_article
from kg.drafting.text.parsed_text import ParsedText
from kg.drafting.text.quoted_runs import QuotedRun, quoted_runs, run_node
from kg.drafting.text.spacy_parser import parse
from kg.drafting.words.speech_words import THOUGHT_ACTS
from kg.mapping.authoring.new_document import has_character_edges, slug_of, stamped_document
from kg.mapping.documents.key_order import SECTIONS, SECTIONS_OF_KINDS
from kg.mapping.passages.source_texts import SourceText
from kg.mapping.passages.text_spans import TextSpan

HEAD = """\
# yaml-language-server: $schema=https://w3id.org/communique/mapping.schema.json
# A draft by `kg draft`, without a person's judgement. The note of each item says which rule found it, and how sure
# the rule is from 0 to 1. Correct what is wrong, delete what is none, and remove the notes of what you have reviewed.
"""
AFTER_SPEECH = "quotation after what the same speaker says"
MAX_MENTIONS = 10
"""The most passages of one entity that are written down."""
MAX_ABOUT = 6
"""The most things that a proposition is stated to be about."""


@dataclass(frozen=True)
class StatementSource:
    """Who makes a statement, and whether that is inferred rather than explicit."""

    entity: Entity | None
    is_inferred: bool


@dataclass(frozen=True)
class Findings:
    """What the rules found in an article."""

    parsed: ParsedText
    entities: Entities
    runs: list[QuotedRun]
    attributions: list[Attribution]
    sources: list[StatementSource]
    posts: list[PostHeld]
    meetings: list[ReportedMeeting]
    addressees: list[list[Entity]]
    """The addressees of each attribution."""


def find_all(parsed: ParsedText, items: ModelItems | None = None) -> Findings:
    """Apply all rules to an article, in order, and merge the results with what a language model finds."""
    runs = [
        run
        for run in quoted_runs(parsed.text)
        if _is_passage(parsed.text, run.span) and _is_passage(parsed.text, run.inner)
    ]
    runs = without_phrases(parsed, runs) if parsed.words else runs
    direct = direct_attributions(parsed, runs) if parsed.words else []
    attributions = sorted(
        [*direct, *indirect_attributions(parsed, runs, direct)],
        key=lambda item: (item.span.start, item.content[0].start),
    )
    # After sorting, since it depends on the previous attribution.
    attributions = [*_with_speaker_before(parsed.text, attributions)]
    entities = find_entities(parsed)
    if items and parsed.words:
        attributions = merged_attributions(parsed, runs, attributions, items)
        add_names(parsed, entities, items)
    attributions = [part for attribution in attributions for part in by_sentence(parsed, attribution, runs)]
    sources = _sources(attributions, entities)
    posts = [*posts_held(parsed, entities)]
    meetings = meetings_of(parsed, entities, posts, day_of_article(parsed.text))
    for meeting in meetings:
        meeting.sides = sides_of(entities, meeting, posts)
    addressees = [addressees_of(parsed, entities, attribution) for attribution in attributions]
    return Findings(parsed, entities, runs, attributions, sources, posts, meetings, addressees)


def _with_speaker_before(text: str, attributions: list[Attribution]) -> Iterator[Attribution]:
    """Yield attributions; a quotation without a source gets the speaker of the sentence right before it."""
    before: Attribution | None = None
    for attribution in attributions:
        gap = text[before.span.end : attribution.span.start] if before else "\n"
        is_nobodys = not (attribution.cue or attribution.source or attribution.continues)
        if is_nobodys and before and gap.isspace() and "\n" not in gap:
            following = replace(attribution, continues=True, rule=AFTER_SPEECH, confidence=0.6)
        elif is_nobodys and before and before.cue and gap.isspace() and _is_paragraph(text, attribution.span):
            following = replace(attribution, continues=True, rule=AFTER_SPEECH, confidence=0.5)
        else:
            following = attribution
        yield following
        # The statements of one sentence are in order: the first is that of its speaker.
        before = following if before is None or following.span.end > before.span.end else before


def _is_paragraph(text: str, span: TextSpan) -> bool:
    """Return whether a passage is a paragraph of its own."""
    return text[: span.start].rstrip(" \t").endswith("\n") and not text[span.end :].split("\n", 1)[0].strip()


def _sources(attributions: list[Attribution], entities: Entities) -> list[StatementSource]:
    """Return the source of each attribution; a continuation has that of the previous quotation or sentence."""
    sources: list[StatementSource] = []
    quoted = StatementSource(None, is_inferred=True)
    for attribution in attributions:
        entity, is_inferred = referent_of(entities, attribution.source) if attribution.source else (None, False)
        if attribution.continues:
            is_after_speech = attribution.rule == AFTER_SPEECH and bool(sources)
            entity, is_inferred = (sources[-1] if is_after_speech else quoted).entity, True
        source = StatementSource(entity, is_inferred)
        sources.append(source)
        quoted = source if attribution.form == "direct" else quoted
    return sources


def draft_document(  # noqa: PLR0913, PLR0917 -- an article, what is known of it, and where its document goes
    article: ArticleText,
    parsed: ParsedText,
    source: SourceText,
    file: Path,
    slug: str,
    items: ModelItems | None = None,
) -> str:
    """Return the mapping document of an article with this slug, with stamps; `kg check` finds no fault in it."""
    findings = find_all(parsed, items)
    name_entities(findings.entities.all)
    slug = slug or "article"
    day = day_of_article(article.text)
    lines = [HEAD, *(f"# {warning}\n" for warning in article.warnings), f"article: {slug}\n"]
    lines += [f"title: {scalar(f'A draft of {slug}')}\n", "language: en\n"]
    lines += [f"published: {day}\n"] if day else []
    lines.append(
        "defaults: {grade: explicit, form: indirect, polarity: positive, certainty: certain, tense: present}\n"
    )
    sections = sections_of(findings)
    lines += [section(name, sections[name]) for name in SECTIONS]
    return stamped_document("".join(lines), file, source)


def sections_of(findings: Findings) -> dict[str, list[Node]]:
    """Return the nodes of a document by section, in the order of the text."""
    sections: dict[str, list[Node]] = {name: [] for name in SECTIONS}
    text = findings.parsed.text
    for entity in sorted(findings.entities.all, key=lambda entity: entity.mentions[0].start):
        sections[SECTIONS_OF_KINDS[entity.kind]].append(_entity_node(entity, text))
    _add_posts(sections, findings)
    for number, meeting in enumerate(findings.meetings, 1):
        # A meeting that only somebody says took place is not an event that the article reports.
        is_claimed = any(
            content.start <= meeting.word.start < content.end
            for attribution in findings.attributions
            for content in attribution.content
        )
        if meeting.status == "occurred" and not is_claimed and _is_passage(text, meeting.span):
            sections["events"].append(_meeting_node(meeting, number))
    written: set[int] = set()
    statements: list[tuple[Attribution, Node]] = []
    for index, attribution in enumerate(findings.attributions):
        if node := _statement_node(findings, index, len(statements) + 1, written):
            statements.append((attribution, node))
    sections["statements"] += [node for _, node in statements]
    _add_occasions(sections, findings, statements)
    for number, meeting in enumerate(findings.meetings, 1):
        by = next((node for attribution, node in statements if _gives_status(attribution, node, meeting)), None)
        if by and meeting.status != "occurred" and _is_passage(text, meeting.span):
            sections["scenarios"].append(_scenario_node(meeting, number, by))
    relay_nested(findings.parsed, statements)
    return sections


def _add_occasions(
    sections: dict[str, list[Node]], findings: Findings, statements: list[tuple[Attribution, Node]]
) -> None:
    """Add the meeting at, before or after which a statement is made, if it is an event of the draft."""
    events = {event["id"] for event in sections["events"]}
    for attribution, statement in statements:
        occasion = speech_occasion(findings.parsed, attribution, findings.meetings)
        if occasion is None or not _is_passage(findings.parsed.text, occasion.span):
            continue
        event = _meeting_id(findings.meetings.index(occasion.meeting) + 1)
        if event not in events:
            continue
        if occasion.relation == "occasion":
            statement["occasion"] = event
            continue
        ends: Node = {"linkSubject": statement["id"], "linkPredicate": occasion.relation, "linkObject": event}
        note = _note("a meeting beside a verb of speech", 0.7)
        sections["links"].append(ends | {"at": str(occasion.span), "note": note})


def _gives_status(attribution: Attribution, statement: Node, meeting: ReportedMeeting) -> bool:
    """Return whether a statement plans or denies a meeting: it mentions it, and has the matching polarity."""
    inside = any(content.start <= meeting.word.start < content.end for content in attribution.content)
    is_free = (
        isinstance(statement["says"], dict) and not {"describes", "condition", "unless"} & statement["says"].keys()
    )
    return inside and is_free and (statement["polarity"] == "negative") == (meeting.status == "denied")


def _scenario_node(meeting: ReportedMeeting, number: int, statement: Node) -> Node:
    """Return the scenario of a planned or denied meeting, and make the statement describe it."""
    at, identifier = str(meeting.span), f"scenario/meeting-{number}"
    participants: list[Node] = [
        {"participant": person.identifier, "capacity": "attendee", "at": at} for person in meeting.participants
    ]
    if isinstance(statement["says"], dict):
        statement["says"]["describes"] = identifier
    node: Node = {"id": identifier, "name": meeting.name, "kind": "event-kind/consult", "status": meeting.status}
    node |= {"statusBy": statement["id"], "envisagedPlace": meeting.place.identifier if meeting.place else ""}
    return node | {"envisagedParticipants": participants, "at": at, "note": _note(meeting.rule, 0.5)}


@dataclass(frozen=True)
class DraftedStatement:
    """A statement that the rules found in a text, with its passages and the values of its node."""

    span: TextSpan
    source_span: TextSpan | None
    content: tuple[TextSpan, ...]
    values: Node


def drafted_statements(text: str) -> Iterator[DraftedStatement]:
    """Yield the statements of a text, for a person who selects one's words. Raises RequestError without spaCy."""
    findings = find_all(parse(text))
    name_entities(findings.entities.all)
    written: set[int] = set()
    for index, attribution in enumerate(findings.attributions):
        if node := _statement_node(findings, index, index + 1, written):
            content = tuple(attribution.content)
            yield DraftedStatement(attribution.span, attribution.source_span, content, node)


def name_entities(entities: Iterable[Entity]) -> None:
    """Give each entity a unique identifier derived from its name."""
    used: set[str] = set()
    for number, entity in enumerate(sorted(entities, key=lambda entity: entity.mentions[0].start), 1):
        slug = slug_of(entity.name) or f"name-{number}"
        identifier = f"{entity.kind}/{slug}"
        entity.identifier = identifier if identifier not in used else f"{identifier}-{number}"
        used.add(entity.identifier)


def _entity_node(entity: Entity, text: str) -> Node:
    mentions = [
        str(span) for span in sorted({*entity.mentions}, key=lambda span: span.start) if _is_passage(text, span)
    ]
    node: Node = {"id": entity.identifier, "name": entity.name}
    if entity.kind != "place":
        voice = "named-person" if entity.is_named else "unnamed-person"
        node["voiceKind"] = voice if entity.kind == "person" else "collective"
    if entity.subkind:
        node["kind"] = f"{entity.kind}-kind/{entity.subkind}"
    node["mention"] = mentions[:MAX_MENTIONS]
    node["note"] = _note(entity.rule, entity.confidence)
    return node


def _add_posts(sections: dict[str, list[Node]], findings: Findings) -> None:
    """Add posts with their holders; if two people are stated to hold one, the second is left to the reviewer."""
    holders: dict[str, str] = {}
    for holding in findings.posts:
        slug = slug_of(holding.title)
        if not slug or not _is_passage(findings.parsed.text, holding.span):
            continue
        key = f"{'rank' if holding.is_rank else 'post'}/{slug}" + (
            f"/{holding.person.identifier}" if holding.is_rank or holding.is_former else ""
        )
        if key in holders:
            continue
        holders[key] = holding.person.identifier
        role = "formerHolder" if holding.is_former else "incumbent"
        node: Node = {role: holding.person.identifier, "at": str(holding.span), "note": _note(holding.rule, 0.8)}
        if holding.is_rank:
            sections["holdings"].append({**node, "rank": slug})
            continue
        if not any(post["id"] == f"post/{slug}" for post in sections["posts"]):
            sections["posts"].append({"id": f"post/{slug}", "name": holding.title, "note": _note(holding.rule, 0.8)})
        sections["holdings"].append({**node, "post": f"post/{slug}"})


def _meeting_id(number: int) -> str:
    return f"event/meeting-{number}"


def _meeting_node(meeting: ReportedMeeting, number: int) -> Node:
    at = str(meeting.span)
    participants: list[Node] = [
        {
            "attendee" if person.kind == "person" else "participant": person.identifier,
            "capacity": "attendee",
            "side": side.identifier if side else "",
            "at": at,
            "grade": "inferable" if side else "",
        }
        for person, side in zip(meeting.participants, meeting.sides, strict=True)
    ]
    node: Node = {"id": _meeting_id(number), "type": "Meeting", "name": meeting.name, "kind": "event-kind/consult"}
    node |= {"status": "occurred", "place": meeting.place.identifier if meeting.place else ""}
    node |= {"when": str(meeting.day), "timeGrade": "inferable"} if meeting.day else {}
    return node | {"participants": participants, "at": at, "note": _note(meeting.rule, 0.6)}


def _statement_node(findings: Findings, index: int, number: int, written: set[int]) -> Node | None:
    """Return the node of an attribution's statement; None if one of its passages splits a character."""
    parsed, text = findings.parsed, findings.parsed.text
    attribution, source = findings.attributions[index], findings.sources[index]
    spans = [span for span in (attribution.source_span, attribution.cue_span) if span]
    if not all(_is_passage(text, span) for span in (*attribution.content, *spans, attribution.span)):
        return None
    words = [word for span in attribution.content for word in parsed.words_at(span)]
    verb = main_verb(parsed, attribution, words)
    conditional = conditional_in(parsed, attribution, verb)
    is_not_held = _is_not_held(parsed, attribution)
    # In a conditional only the halves are negative, never the whole statement; somebody who does not think that it will
    # not rain does not necessarily think that it will.
    negation = None if conditional or is_not_held else negation_of(parsed, verb)
    about = [entity.identifier for span in attribution.content for entity in findings.entities.inside(span)]
    node: Node = {"id": f"statement/{number}", "source": source.entity.identifier if source.entity else "voice/nobody"}
    polarity = "negative" if negation or is_not_held else "positive"
    node |= {"form": attribution.form, "act": attribution.act, "polarity": polarity}
    node |= {"certainty": certainty_of(parsed, attribution, words, verb), "tense": tense_of(parsed, attribution, verb)}
    node |= {"grade": "inferable" if source.is_inferred else "explicit"}
    node["gist"] = gist_of(parsed, attribution, None)
    addressees = [entity.identifier for entity in findings.addressees[index] if entity is not source.entity]
    node["addressee"] = addressees
    # Polarity applies to the proposition, which is worded positively.
    gist = gist_of(parsed, attribution, negation)
    says: Node = {"id": f"proposition/{number}", "gist": gist, "about": [*dict.fromkeys(about)][:MAX_ABOUT]}
    node["says"] = says | (_halves(conditional, number) if conditional else {})
    node |= {"sourceSpan": str(attribution.source_span or ""), "cueSpan": str(attribution.cue_span or "")}
    node["contentSpan"] = [str(span) for span in attribution.content]
    node["quotedRuns"] = _runs(findings.runs, attribution, written)
    note = attribution.rule + ("; who it is, is inferred" if source.is_inferred else "")
    return node | {"at": str(attribution.span), "note": _note(note, attribution.confidence)}


def _is_not_held(parsed: ParsedText, attribution: Attribution) -> bool:
    """Return whether somebody does not say or think a content: `has not said whether`, `does not believe that`."""
    cue = attribution.cue
    verb = cue and verb_of_cue(parsed, cue)
    if verb is None or not verb.is_verb:
        return False
    return attribution.act in THOUGHT_ACTS | {"refuse"} and is_left_unsaid(parsed, verb)


def _halves(conditional: Conditional, number: int) -> Node:
    """Return the keys of a conditional's halves in its proposition."""
    return {
        conditional.condition_key: {"id": f"proposition/{number}-condition", "gist": conditional.condition},
        conditional.consequence_key: {"id": f"proposition/{number}-consequence", "gist": conditional.consequence},
    }


def _runs(runs: list[QuotedRun], attribution: Attribution, written: set[int]) -> Value:
    """Return the runs of a statement: each is written out once in the document, and referred to after that."""
    numbered = {run.number: run for run in runs}
    nodes: list[Node | str] = []
    for number in attribution.runs:
        nodes.append(f"run/{number}" if number in written else {**run_node(numbered[number])})
        written.add(number)
    return nodes


def _note(rule: str, confidence: float) -> str:
    return f"review: needed; rule: {rule}; confidence: {confidence:.2f}"


def _is_passage(text: str, span: TextSpan) -> bool:
    return span.start < span.end and has_character_edges(text, span)
