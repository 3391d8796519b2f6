"""Things in a draft that may be the same as in a corpus: people, organizations, places, events and utterances.

These are only suggestions, with evidence from names, posts, co-participants, time, place, and what is said.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from kg.drafting.statements.yaml_nodes import scalar
from kg.errors import MappingError, Problem, RequestError
from kg.mapping.documents.document_listing import CORPUS_FILE, listed_documents
from kg.mapping.documents.yaml_document import (
    MappingDocument,
    YamlMapping,
    YamlText,
    load_document,
    mappings_in,
    texts_in,
)
from kg.reconciliation.candidates import NamedThing, Reconciler
from kg.reconciliation.known_things import KnownThing
from kg.reconciliation.name_likeness import folded_name, likeness

SUGGESTIONS_ENDING = ".suggestions"
SECTIONS = {"people": "person", "organizations": "organization", "places": "place"}
PARTICIPANT_KEYS = ("attendee", "participant", "absentee")
UNNAMED = "unnamed-person"
LEAST_EVENT_REASONS = 2
"""The minimum reasons for two events to be the same: two common participants, or one and the day or the place."""
LEAST_GIST_LIKENESS = 70.0
"""The minimum likeness, from 0 to 100, for two gists to belong to one utterance."""
NEGATIONS = frozenset({"not", "never", "t"})
"""Words of folded gists that are not compared: drafts phrase gists positively, with a separate polarity."""
HEAD = """\
# Suggestions of `kg draft`: what of the draft may be the same as in the corpus. They decide nothing. Read the evidence:
# a person, organization or place that is the same gets the corpus's identifier in the place of its own, and
# `occurrences` and `utterances` of the authority take events and statements.
"""


@dataclass(frozen=True)
class DocumentNodes:
    """The nodes of a document by identifier, in the form in which another document refers to them."""

    document: MappingDocument
    prefix: str
    """The prefix of an article's own identifiers in references; empty for the authority and the draft."""

    def section(self, name: str) -> list[YamlMapping]:
        """Return the nodes of a section."""
        return mappings_in(self.document.root.nodes.get(name))

    def name_of(self, reference: str) -> str:
        """Return a reference in the form that other documents use."""
        return f"{self.prefix}{reference}" if "/" in reference and self.prefix else reference


@dataclass(frozen=True)
class KnownEvent:
    """An event or scenario, with its participants, place and time."""

    identifier: str
    name: str
    participants: frozenset[str]
    place: str
    day: str


@dataclass(frozen=True)
class KnownStatement:
    """A statement, with its source and what is said."""

    identifier: str
    source: str
    gist: str


@dataclass(frozen=True)
class SuggestedIdentity:
    """A thing of the draft and a thing of the corpus that may be the same, with the reasons."""

    section: str
    own: str
    known: str
    name: str
    score: float
    evidence: tuple[str, ...]


@dataclass
class ComparedCorpus:
    """The documents of a corpus, or only an authority."""

    documents: list[DocumentNodes]
    names: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for nodes in self.documents:
            for section in (*SECTIONS, "posts", "groups"):
                for node in nodes.section(section):
                    self.names[nodes.name_of(first_text(node, "id"))] = first_text(node, "name")

    @cached_property
    def things(self) -> dict[str, KnownThing]:
        """Return the named things of the corpus by identifier."""
        things: dict[str, KnownThing] = {}
        for nodes in self.documents:
            for section, kind in SECTIONS.items():
                for node in nodes.section(section):
                    identifier, name = nodes.name_of(first_text(node, "id")), first_text(node, "name")
                    if identifier and name and first_text(node, "voiceKind") != UNNAMED:
                        thing = KnownThing(identifier, name, kind)
                        thing.names |= {name, *(text.value for text in texts_in(node.nodes.get("alias")))}
                        things[identifier] = thing
        for nodes in self.documents:
            # After all names are read, since a holding may refer to a person named in a later document.
            self._add_what_is_known(nodes, things)
        return things

    def _add_what_is_known(self, nodes: DocumentNodes, things: Mapping[str, KnownThing]) -> None:
        day = nodes.document.value_of("published")
        for node in nodes.section("holdings"):
            holder = nodes.name_of(first_text(node, "incumbent") or first_text(node, "formerHolder"))
            post = first_text(node, "post") or first_text(node, "rank")
            if holder in things:
                things[holder].posts[post] = self.names.get(nodes.name_of(post), post)
                things[holder].days |= {day} if day else set()
        for event in events_of(nodes):
            for identifier in event.participants & things.keys():
                others = (event.participants & things.keys()) - {identifier}
                things[identifier].neighbours |= {other: things[other].name for other in others}
                things[identifier].days |= {event.day or day} - {""}


def compare_with_corpus(draft: Path, corpus: Path) -> list[SuggestedIdentity]:
    """Return the things of a draft that may be the same as in a corpus, given as document, folder or authority.

    Raises MappingError if a document cannot be read, RequestError if there is none.
    """
    known, own = read_compared_corpus(corpus, draft), DocumentNodes(load_document(draft), "")
    compared = ComparedCorpus([own])
    reconciler = Reconciler(known.things)
    identities = [
        SuggestedIdentity(
            next(section for section, kind in SECTIONS.items() if kind == thing.kind),
            identifier,
            candidate.thing.iri,
            candidate.thing.name,
            candidate.score,
            tuple(f"{reason.sentence}: {reason.change:+.3g}" for reason in candidate.evidence),
        )
        for identifier, thing in compared.things.items()
        for candidate in reconciler.candidates(_named(thing))
    ]
    # Events and statements are compared by participants and sources, using the identities found so far.
    same: dict[str, set[str]] = {}
    for identity in identities:
        same.setdefault(identity.own, set()).add(identity.known)
    return [*identities, *_same_events(own, known, same), *_same_statements(own, known, same)]


def read_compared_corpus(corpus: Path, draft: Path) -> ComparedCorpus:
    """Return a corpus without the draft, which it may already list; an authority is read with its corpus."""
    file = corpus / CORPUS_FILE if corpus.is_dir() else corpus
    if not file.is_file():
        raise RequestError(f"There is no {str(file)!r}: expected a corpus, its folder, or an authority.")
    document = load_document(file)
    # Only a corpus has a base, so this is an authority, whose corpus may be in the same folder.
    if "base" not in document.root.nodes:
        beside = file.parent / CORPUS_FILE
        if not beside.is_file() or load_document(beside).value_of("authority") != file.name:
            return ComparedCorpus([DocumentNodes(document, "")])
        document = load_document(beside)
    authority = file.parent / document.value_of("authority")
    files = [entry.file for entry in listed_documents(document) if entry.kind == "articleDocument"]
    # Resolved, since the corpus and the user may refer to one file by different paths.
    articles = [load_document(path) for path in files if path.resolve() != draft.resolve()]
    of_articles = [DocumentNodes(article, f"article:{article.value_of('article')}/") for article in articles]
    return ComparedCorpus([DocumentNodes(load_document(authority), ""), *of_articles])


def first_text(node: YamlMapping, key: str) -> str:
    """Return the first text of a key, or an empty string."""
    texts = texts_in(node.nodes.get(key))
    return texts[0].value if texts else ""


def events_of(nodes: DocumentNodes) -> Iterator[KnownEvent]:
    """Yield the events and scenarios of a document."""
    for node in (*nodes.section("events"), *nodes.section("scenarios")):
        parts = [*mappings_in(node.nodes.get("participants")), *mappings_in(node.nodes.get("envisagedParticipants"))]
        people = {first_text(part, key) for part in parts for key in PARTICIPANT_KEYS} - {""}
        place = first_text(node, "place") or first_text(node, "envisagedPlace")
        yield KnownEvent(
            nodes.name_of(first_text(node, "id")),
            first_text(node, "name"),
            frozenset(nodes.name_of(person) for person in people),
            nodes.name_of(place) if place else "",
            first_text(node, "when") or first_text(node, "since"),
        )


def statements_of(nodes: DocumentNodes) -> Iterator[KnownStatement]:
    """Yield the statements of a document, with their quotation or gist."""
    for node in nodes.section("statements"):
        quote = node.nodes.get("quote")
        gist = quote.value if isinstance(quote, YamlText) else first_text(node, "gist")
        yield KnownStatement(nodes.name_of(first_text(node, "id")), nodes.name_of(first_text(node, "source")), gist)


def _named(thing: KnownThing) -> NamedThing:
    # Sorted, since names are a set: of two equally similar ones, each run should choose the same.
    names, posts, neighbours = sorted(thing.names), thing.posts.values(), thing.neighbours.values()
    return NamedThing(thing.iri, tuple(names), thing.kind, tuple(posts), neighbours=tuple(neighbours))


def _same_events(
    own: DocumentNodes, known: ComparedCorpus, same: Mapping[str, set[str]]
) -> Iterator[SuggestedIdentity]:
    # Only once rather than for each event of the draft: a corpus may be large.
    all_known = [event for nodes in known.documents for event in events_of(nodes)]
    for event in events_of(own):
        for other in all_known:
            common = sorted(
                known.names.get(person, person)
                for person in other.participants
                if any(person in same.get(participant, ()) for participant in event.participants)
            )
            reasons = [f"{name} takes part in both" for name in common]
            if event.day and event.day[:10] == other.day[:10]:
                reasons.append(f"both are on {event.day}")
            if event.place and other.place in same.get(event.place, ()):
                reasons.append(f"both are in {known.names.get(other.place, other.place)}")
            # Many events share a day and a place.
            if common and len(reasons) >= LEAST_EVENT_REASONS:
                score = min(100.0, 30.0 * len(reasons))
                yield SuggestedIdentity("events", event.identifier, other.identifier, other.name, score, tuple(reasons))


def _same_statements(
    own: DocumentNodes, known: ComparedCorpus, same: Mapping[str, set[str]]
) -> Iterator[SuggestedIdentity]:
    """Yield statements of the same source that say nearly the same."""
    # Only once rather than for each statement of the draft.
    all_known = [statement for nodes in known.documents for statement in statements_of(nodes)]
    for statement in statements_of(own):
        folded = _compared_words(statement.gist)
        for other in all_known:
            # Checked before the words are compared, which takes far longer.
            if other.source not in same.get(statement.source, ()):
                continue
            score = likeness(folded, _compared_words(other.gist))
            if score >= LEAST_GIST_LIKENESS:
                reasons = (
                    f"both are of {known.names.get(other.source, other.source)}",
                    f"“{statement.gist}” is like “{other.gist}” ({score:.0f} of 100)",
                )
                yield SuggestedIdentity(
                    "statements", statement.identifier, other.identifier, other.gist, round(score, 1), reasons
                )


def _compared_words(gist: str) -> str:
    return " ".join(word for word in folded_name(gist).split() if word not in NEGATIONS)


def written_identities(identities: Iterable[SuggestedIdentity]) -> Iterator[str]:
    """Yield the lines of the suggestion file, by section, with the likeliest for each node first."""
    yield HEAD
    # It is read once for each section, and may be an iterator.
    identities = list(identities)
    for section in (*SECTIONS, "events", "statements"):
        of_section = [identity for identity in identities if identity.section == section]
        yield f"\n{section}:" + ("\n" if of_section else " []\n")
        for identity in sorted(of_section, key=lambda item: (item.own, -item.score, item.known)):
            yield f"  - draft: {scalar(identity.own)}\n    corpus: {scalar(identity.known)}\n"
            yield f"    name: {scalar(identity.name)}\n    score: '{identity.score:g}'\n    decision: undecided\n"
            yield "    evidence:\n"
            yield from (f"      - {scalar(reason)}\n" for reason in identity.evidence)


def write_suggestions(draft: Path, corpus: Path) -> tuple[Path, int]:
    """Write suggestions for a draft to a file beside it; return the file and their number."""
    identities = compare_with_corpus(draft, corpus)
    file = draft.with_suffix(SUGGESTIONS_ENDING)
    file.write_text("".join(written_identities(identities)), "utf-8", newline="")
    return file, len(identities)


def read_identities(draft: Path) -> list[SuggestedIdentity]:
    """Return the undecided suggestions in the file beside a draft, if there is one.

    Raises MappingError if the file cannot be read or a score is not a number.
    """
    file = draft.with_suffix(SUGGESTIONS_ENDING)
    if not file.is_file():
        return []
    document = load_document(file)
    return [
        SuggestedIdentity(
            section,
            first_text(node, "draft"),
            first_text(node, "corpus"),
            first_text(node, "name"),
            _score(node),
            tuple(text.value for text in texts_in(node.nodes.get("evidence"))),
        )
        for section in (*SECTIONS, "events", "statements")
        for node in mappings_in(document.root.nodes.get(section))
        if first_text(node, "decision") == "undecided"
    ]


def _score(node: YamlMapping) -> float:
    text = first_text(node, "score") or "0"
    try:
        score = float(text)
    except ValueError:
        score = math.nan
    # Python also parses `nan` and `inf`, which JSON does not have.
    if not math.isfinite(score):
        raise MappingError([Problem(node.nodes["score"].location, f"the score is {text!r}; expected a number.")])
    return score
